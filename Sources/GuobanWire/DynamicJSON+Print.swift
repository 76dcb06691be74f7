internal import FoundationEssentials
internal import GuobanMessages

/// From bytes to JSON.
extension DynamicJSON {
  /// The JSON value of one packed message.
  func value(
    _ bytes: ArraySlice<UInt8>, _ type: DescriptorPool.MessageType, depth: Int
  ) throws(DecodeError) -> DynamicJSONValue {
    guard depth <= limits.depthMax else {
      throw DecodeError(
        code: .tooDeep, field: "", offset: 0, message: "messages are nested more than \(limits.depthMax) deep")
    }
    let found = try collect(bytes, type)
    if let wellKnown = wellKnown(found, type.fullName) { return wellKnown }
    var members: [(name: String, value: DynamicJSONValue)] = []
    for field in type.fields {
      guard let values = found[field.number],
        let value = try value(values, field, depth: depth)
      else { continue }
      members.append((field.jsonName, value))
    }
    return .object(members)
  }

  /// All values of each known field. Of a oneof, only the last that came counts.
  private func collect(
    _ bytes: ArraySlice<UInt8>, _ type: DescriptorPool.MessageType
  ) throws(DecodeError) -> [UInt32: [WireValue]] {
    var found: [UInt32: [WireValue]] = [:]
    var oneofs: [Int: UInt32] = [:]
    var reader = DescriptorWireReader(bytes)
    while let (number, value) = try reader.next() {
      guard let field = type.field(numbered: number) else { continue }
      if let oneof = field.oneof, let other = oneofs.updateValue(number, forKey: oneof), other != number {
        found[other] = nil
      }
      found[number, default: []].append(value)
    }
    return found
  }

  /// The JSON of a field that came at least once; nil when it holds the default, which is left out.
  private func value(
    _ values: [WireValue], _ field: DescriptorPool.Field, depth: Int
  ) throws(DecodeError) -> DynamicJSONValue? {
    if case .message(let name) = field.kind, let entry = pool.message(named: name), entry.isMapEntry {
      return try map(values, entry, depth: depth)
    }
    guard field.isRepeated else {
      guard let last = field.kind.isMessage ? try joined(values, field) : values.last else { return nil }
      let value = try element(last, field, depth: depth)
      return field.hasPresence || !last.isZero ? value : nil
    }
    var elements: [DynamicJSONValue] = []
    for value in values {
      guard field.kind.isPackable, case .bytes(let packed) = value else {
        elements.append(try element(value, field, depth: depth))
        continue
      }
      var reader = DescriptorWireReader(packed)
      while !reader.isAtEnd {
        elements.append(try element(try reader.element(of: field.kind), field, depth: depth))
      }
    }
    return elements.isEmpty ? nil : .array(elements)
  }

  /// Several parts of one message are that message.
  private func joined(_ parts: [WireValue], _ field: DescriptorPool.Field) throws(DecodeError) -> WireValue {
    var whole: [UInt8] = []
    for part in parts {
      guard case .bytes(let bytes) = part else { throw wrongType(field.name) }
      whole += bytes
    }
    return .bytes(whole[...])
  }

  /// A map as an object, in the order of its keys; of a key's entries the last counts.
  private func map(
    _ values: [WireValue], _ entry: DescriptorPool.MessageType, depth: Int
  ) throws(DecodeError) -> DynamicJSONValue {
    guard let keyField = entry.field(numbered: 1), let valueField = entry.field(numbered: 2) else { return .object([]) }
    var members: [String: DynamicJSONValue] = [:]
    for value in values {
      guard case .bytes(let bytes) = value else { throw wrongType(entry.fullName) }
      let found = try collect(bytes, entry)
      let key = try element(found[1]?.last ?? keyField.kind.zero, keyField, depth: depth)
      members[key.keyText] = try element(found[2]?.last ?? valueField.kind.zero, valueField, depth: depth)
    }
    return .object(
      members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) })
  }

  private func element(
    _ value: WireValue, _ field: DescriptorPool.Field, depth: Int
  ) throws(DecodeError) -> DynamicJSONValue {
    switch (field.kind, value) {
    case (.int32, .varint(let bits)): .integer(Int64(Int32(truncatingIfNeeded: bits)))
    case (.uint32, .varint(let bits)): .integer(Int64(UInt32(truncatingIfNeeded: bits)))
    case (.sint32, .varint(let bits)): .integer(unzigzag(bits & 0xFFFF_FFFF))
    case (.int64, .varint(let bits)): .string(String(Int64(bitPattern: bits)))
    case (.uint64, .varint(let bits)), (.fixed64, .fixed64(let bits)): .string(String(bits))
    case (.sint64, .varint(let bits)): .string(String(unzigzag(bits)))
    case (.sfixed64, .fixed64(let bits)): .string(String(Int64(bitPattern: bits)))
    case (.fixed32, .fixed32(let bits)): .integer(Int64(bits))
    case (.sfixed32, .fixed32(let bits)): .integer(Int64(Int32(bitPattern: bits)))
    case (.float, .fixed32(let bits)): number(Float(bitPattern: bits))
    case (.double, .fixed64(let bits)): number(Double(bitPattern: bits))
    case (.bool, .varint(let bits)): .bool(bits != 0)
    case (.string, .bytes(let bytes)): .string(try text(bytes, field))
    case (.bytes, .bytes(let bytes)): .string(Data(bytes).base64EncodedString())
    case (.enumeration(let name), .varint(let bits)): enumeration(Int32(truncatingIfNeeded: bits), name)
    case (.message(let name), .bytes(let bytes)): try message(bytes, name, depth: depth)
    default: throw wrongType(field.name)
    }
  }

  private func message(_ bytes: ArraySlice<UInt8>, _ name: String, depth: Int) throws(DecodeError) -> DynamicJSONValue {
    guard let type = pool.message(named: name) else { throw wrongType(name) }
    return try value(bytes, type, depth: depth + 1)
  }

  private func enumeration(_ number: Int32, _ typeName: String) -> DynamicJSONValue {
    pool.enumeration(named: typeName)?.name(of: number).map { .string($0) } ?? .integer(Int64(number))
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ field: DescriptorPool.Field) throws(DecodeError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw DecodeError(code: .invalidUTF8, field: field.name, offset: 0, message: "\(field.name): not valid UTF-8")
  }

  private func number<F: BinaryFloatingPoint & CustomStringConvertible>(_ value: F) -> DynamicJSONValue {
    if value.isNaN { return .string("NaN") }
    if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
    // A Float's shortest digits, not those of the Double it would become.
    return .double(Double(value.description) ?? Double(value))
  }

  private func unzigzag(_ bits: UInt64) -> Int64 {
    Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
  }

  private func wrongType(_ field: String) -> DecodeError {
    DecodeError(code: .wrongType, field: field, offset: 0, message: "\(field): the wire type is not that of its type")
  }
}

extension DynamicJSONValue {
  /// The value as the name of a map's entry.
  fileprivate var keyText: String {
    if case .string(let text) = self { text } else { sketch }
  }
}

extension DescriptorPool.Kind {
  /// The default as it would stand on the wire.
  fileprivate var zero: DescriptorWireReader.Value {
    switch self {
    case .string, .bytes, .message: .bytes([])
    case .fixed32, .sfixed32, .float: .fixed32(0)
    case .fixed64, .sfixed64, .double: .fixed64(0)
    default: .varint(0)
    }
  }
}

extension DescriptorWireReader {
  /// The next element of a packed field.
  fileprivate mutating func element(of kind: DescriptorPool.Kind) throws(DecodeError) -> Value {
    switch kind.zero {
    case .fixed32: .fixed32(try fixed32())
    case .fixed64: .fixed64(try fixed64())
    default: .varint(try varint())
    }
  }
}
