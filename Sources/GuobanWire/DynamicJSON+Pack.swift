internal import GuobanModel

/// From JSON to bytes.
extension DynamicJSON {
  typealias WireValue = DescriptorWireReader.Value

  /// Packs one message. `path` is where it stands, for errors.
  func pack(
    _ json: DynamicJSONValue, _ type: DescriptorPool.MessageType, _ path: String
  ) throws(DynamicJSONError) -> [UInt8] {
    if let wellKnown = try packWellKnown(json, type.fullName, path) { return wellKnown }
    guard case .object(let members) = json else {
      throw DynamicJSONError(path, "应为对象 {…}（\(type.fullName)）", "must be an object {…} (\(type.fullName))")
    }
    let given = try match(members, type, path)
    var writer = DescriptorWireWriter()
    for field in type.fields.sorted(by: { $0.number < $1.number }) {
      guard let value = given[field.number] else { continue }
      try append(value, field, Self.join(path, field.name), &writer)
    }
    return writer.bytes
  }

  /// Finds each member's field; null means absent.
  private func match(
    _ members: [(name: String, value: DynamicJSONValue)], _ type: DescriptorPool.MessageType, _ path: String
  ) throws(DynamicJSONError) -> [UInt32: DynamicJSONValue] {
    var given: [UInt32: DynamicJSONValue] = [:]
    var oneofs: [Int: String] = [:]
    for (name, value) in members {
      guard let field = type.field(named: name) else { throw unknown(name, type, path) }
      if case .null = value { continue }
      let place = Self.join(path, field.name)
      guard given.updateValue(value, forKey: field.number) == nil else {
        throw DynamicJSONError(place, "字段给了两次", "is given twice")
      }
      if let oneof = field.oneof, let other = oneofs.updateValue(field.name, forKey: oneof) {
        throw DynamicJSONError(place, "不能与 \(other) 同时给出", "cannot be given together with \(other)")
      }
    }
    return given
  }

  private func unknown(_ name: String, _ type: DescriptorPool.MessageType, _ path: String) -> DynamicJSONError {
    let nearest = NameLikeness.nearest(to: name, among: type.fields.map(\.jsonName))
    let known = type.fields.map(\.jsonName).joined(separator: ", ")
    return DynamicJSONError(
      Self.join(path, name),
      "\(type.fullName) 没有这个字段" + (nearest.map { "；是不是 \($0)？" } ?? "；它的字段：\(known)"),
      "\(type.fullName) has no such field" + (nearest.map { "; did you mean \($0)?" } ?? "; it has: \(known)"))
  }

  private func append(
    _ json: DynamicJSONValue, _ field: DescriptorPool.Field, _ path: String, _ writer: inout DescriptorWireWriter
  ) throws(DynamicJSONError) {
    guard field.isRepeated else {
      let value = try wireValue(json, field.kind, path)
      if field.hasPresence || !value.isZero { writer.append(field.number, value) }
      return
    }
    if case .message(let name) = field.kind, let entry = pool.message(named: name), entry.isMapEntry {
      for bytes in try packMap(json, entry, path) { writer.append(field.number, .bytes(bytes[...])) }
      return
    }
    guard case .array(let elements) = json else {
      throw DynamicJSONError(path, "应为数组 […]", "must be an array […]")
    }
    var packed = DescriptorWireWriter()
    for (index, element) in elements.enumerated() {
      let value = try wireValue(element, field.kind, "\(path)[\(index)]")
      if field.isPacked { packed.append(element: value) } else { writer.append(field.number, value) }
    }
    if !packed.bytes.isEmpty { writer.append(field.number, .bytes(packed.bytes[...])) }
  }

  /// A map's entries, packed, in the order of their keys.
  private func packMap(
    _ json: DynamicJSONValue, _ entry: DescriptorPool.MessageType, _ path: String
  ) throws(DynamicJSONError) -> [[UInt8]] {
    guard case .object(let members) = json else {
      throw DynamicJSONError(path, "应为对象 {\"键\": 值}", "must be an object {\"key\": value}")
    }
    guard let key = entry.field(numbered: 1), let value = entry.field(numbered: 2) else { return [] }
    let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var entries: [[UInt8]] = []
    for (name, json) in sorted {
      let place = "\(path)[\"\(name)\"]"
      var writer = DescriptorWireWriter()
      let keyJSON: DynamicJSONValue =
        key.kind == .bool && (name == "true" || name == "false") ? .bool(name == "true") : .string(name)
      try append(keyJSON, key, place, &writer)
      try append(json, value, place, &writer)
      entries.append(writer.bytes)
    }
    return entries
  }

  static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}
