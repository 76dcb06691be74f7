internal import GuobanMessages

/// Which fields an update writes (AIP-161). Works on packed bytes, so that it is the same for every record type.
///
/// `milestones.started` names a field of the message in a field. An element of a repeated message is named by its first
/// field, as AIP-161 names the entries of a map: `plans.2023`, or `plans.2023.plan_fen`; `plans.*` stands for every element
/// that is given, and leaves the others as they are.
struct UpdateMask {
  /// How much of something is written.
  private indirect enum Part {
    case whole
    /// Fields of a message, by number.
    case fields([UInt32: Part])
    /// Elements of a repeated message, by their first field.
    case elements([String: Part])
  }

  private var part: Part
  /// Fields that hang on those: see ``LedgerRecord/hangingFields``.
  private var hanging: Set<UInt32> = []

  /// Checks the paths against the record type. An empty mask, or "*", stands for every field.
  init(_ paths: [String], for type: any LedgerRecord.Type) throws(LedgerError) {
    part = .whole
    guard !paths.isEmpty, paths != ["*"], let fields = type.fields else { return }
    part = .fields([:])
    var violations: [RecordViolation] = []
    for (index, path) in paths.enumerated() {
      let steps = path.split(separator: ".", omittingEmptySubsequences: false)[...]
      if steps.first != "meta", let added = Self.adding(steps, of: fields, to: part) {
        part = added
      } else {
        let known = fields.all.map(\.name).filter { $0 != "meta" }.joined(separator: ", ")
        violations.append(
          RecordViolation(
            field: "update_mask.paths[\(index)]", value: path, rule: "UNKNOWN_FIELD",
            "“\(path)”不是可以修改的字段；可用的有：\(known)，以及其下的字段，如 milestones.started、plans.2023",
            "“\(path)” is no field that can be changed; there are: \(known), and those in them: milestones.started, plans.2023"
          ))
      }
    }
    guard violations.isEmpty else { throw .invalid(violations) }
    let named = Set(paths.compactMap { $0.split(separator: ".").first.map(String.init) })
    for name in named {
      guard let other = type.hangingFields[name], !named.contains(other), let field = fields[other] else { continue }
      hanging.insert(field.number)
    }
  }

  /// `part` and what the path says; nil for a path that names nothing.
  private static func adding(_ steps: ArraySlice<Substring>, of fields: MessageFields, to part: Part) -> Part? {
    guard let name = steps.first else { return .whole }
    guard let field = fields[String(name)] else { return nil }
    guard case .fields(var parts) = part else { return .whole }
    parts[field.number] = adding(steps.dropFirst(), below: field, to: parts[field.number])
    return parts[field.number] == nil ? nil : .fields(parts)
  }

  private static func adding(
    _ steps: ArraySlice<Substring>, below field: MessageFields.Field, to part: Part?
  ) -> Part? {
    guard let next = steps.first else { return .whole }
    guard let inner = field.message else { return nil }
    guard field.isRepeated else { return adding(steps, of: inner, to: part ?? .fields([:])) }
    guard !next.isEmpty else { return nil }
    var elements: [String: Part] = [:]
    switch part {
    case .whole: return .whole
    case .elements(let known): elements = known
    case .fields, nil: break
    }
    let rest = steps.dropFirst()
    let key = String(next)
    elements[key] = rest.isEmpty ? .whole : adding(rest, of: inner, to: elements[key] ?? .fields([:]))
    return elements[key] == nil ? nil : .elements(elements)
  }

  /// `stored` with the masked fields as they are in `given`, without what hangs on these.
  func merge<Record: LedgerRecord>(_ given: Record, into stored: Record) throws -> Record {
    guard case .fields(let parts) = part else { return given }
    var fields = PackedFields(stored.packed()).fields
    fields.removeAll { hanging.contains($0.number) }
    let merged = Self.merge(PackedFields(given.packed()).fields, into: fields, parts)
    return try Record(packed: merged.flatMap(\.bytes), limits: .standard)
  }

  private static func merge(
    _ given: [PackedFields.Field], into stored: [PackedFields.Field], _ parts: [UInt32: Part]
  ) -> [PackedFields.Field] {
    var merged = stored.filter { parts[$0.number] == nil }
    for (number, part) in parts {
      let new = given.filter { $0.number == number }
      let old = stored.filter { $0.number == number }
      switch part {
      case .whole: merged += new
      case .fields(let parts):
        let fields = merge(new.last?.inner ?? [], into: old.last?.inner ?? [], parts)
        if !fields.isEmpty { merged.append(.init(number: number, holding: fields)) }
      case .elements(let parts): merged += merge(elements: new, into: old, parts)
      }
    }
    return merged
  }

  private static func merge(
    elements given: [PackedFields.Field], into stored: [PackedFields.Field], _ parts: [String: Part]
  ) -> [PackedFields.Field] {
    var rest = given
    var merged: [PackedFields.Field] = []
    for old in stored {
      let key = old.elementKey
      let place = rest.firstIndex { $0.elementKey == key }
      // Of elements that are not given, only those that are named lose something.
      guard let part = parts[key] ?? (place == nil ? nil : parts["*"]) else {
        merged.append(old)
        continue
      }
      let new = place.map { rest.remove(at: $0) }
      guard case .fields(let fields) = part else {
        if let new { merged.append(new) }
        continue
      }
      let left = merge(new?.inner ?? [], into: old.inner, fields)
      // Its key alone says nothing.
      if left.contains(where: { $0.number != 1 }) { merged.append(.init(number: old.number, holding: left)) }
    }
    return merged + rest.filter { parts[$0.elementKey] != nil || parts["*"] != nil }
  }
}

/// The fields of a message that this process has packed itself.
struct PackedFields {
  /// One field, tag included.
  struct Field {
    var number: UInt32
    var bytes: ArraySlice<UInt8>
    /// Without tag and length.
    private var content: ArraySlice<UInt8>

    fileprivate init(number: UInt32, bytes: ArraySlice<UInt8>, content: ArraySlice<UInt8>) {
      self.number = number
      self.bytes = bytes
      self.content = content
    }

    /// A message of these fields.
    init(number: UInt32, holding fields: [Field]) {
      content = fields.flatMap(\.bytes)[...]
      bytes = (PackedFields.packed(UInt64(number) << 3 | 2) + PackedFields.packed(UInt64(content.count)) + content)[...]
      self.number = number
    }

    /// The fields of the message that it holds.
    var inner: [Field] { PackedFields(content).fields }

    /// What its first field says, as a mask names it.
    var elementKey: String {
      guard let first = inner.first(where: { $0.number == 1 }) else { return "" }
      if first.bytes.first.map({ $0 & 7 }) == 2 { return String(decoding: first.content, as: UTF8.self) }
      var rest = first.content
      return String(PackedFields.varint(&rest))
    }
  }

  private(set) var fields: [Field] = []

  init(_ packed: [UInt8]) { self.init(packed[...]) }

  init(_ packed: ArraySlice<UInt8>) {
    var rest = packed
    while !rest.isEmpty {
      let start = rest.startIndex
      let tag = Self.varint(&rest)
      var content = rest.startIndex
      switch tag & 7 {
      case 0: _ = Self.varint(&rest)
      case 1: rest = rest.dropFirst(8)
      case 2:
        let length = Self.varint(&rest)
        content = rest.startIndex
        rest = rest.dropFirst(Int(clamping: length))
      default: rest = rest.dropFirst(4)
      }
      fields.append(
        Field(
          number: UInt32(truncatingIfNeeded: tag >> 3), bytes: packed[start..<rest.startIndex],
          content: packed[content..<rest.startIndex]))
    }
  }

  private static func packed(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }
}
