internal import GuobanMessages

/// Reads `google/protobuf/descriptor.proto`'s messages: only the fields that matter here, by their numbers.
struct DescriptorParser {
  private(set) var messages: [DescriptorPool.MessageType] = []
  private(set) var enums: [DescriptorPool.EnumType] = []
  private(set) var methods: [DescriptorPool.Method] = []

  /// Messages declared inside messages.
  private static let depthMax = 16

  /// FileDescriptorSet { file = 1 }
  mutating func readSet(_ bytes: ArraySlice<UInt8>) throws(DecodeError) {
    for (number, value) in try fields(bytes) where number == 1 {
      try readFile(try nested(value))
    }
  }

  /// FileDescriptorProto { name = 1; package = 2; message_type = 4; enum_type = 5; service = 6; syntax = 12 }
  private mutating func readFile(_ bytes: ArraySlice<UInt8>) throws(DecodeError) {
    let all = try fields(bytes)
    let name = try text(all, 1)
    // Describes descriptors themselves, and is there for the sake of options.
    guard name != "google/protobuf/descriptor.proto" else { return }
    guard try text(all, 12) == "proto3" else { throw refused("\(name) is not a proto3 file") }
    let package = try text(all, 2)
    for (number, value) in all {
      switch number {
      case 4: try readMessage(try nested(value), in: package, depth: 1)
      case 5: try readEnum(try nested(value), in: package)
      case 6: try readService(try nested(value), in: package)
      default: continue
      }
    }
  }

  /// DescriptorProto { name = 1; field = 2; nested_type = 3; enum_type = 4; options = 7 }, MessageOptions { map_entry = 7 }
  private mutating func readMessage(_ bytes: ArraySlice<UInt8>, in scope: String, depth: Int) throws(DecodeError) {
    guard depth <= Self.depthMax else { throw refused("messages are declared more than \(Self.depthMax) deep") }
    let all = try fields(bytes)
    let name = try join(scope, text(all, 1))
    var declared: [DescriptorPool.Field] = []
    var isMapEntry = false
    for (number, value) in all {
      switch number {
      case 2: declared.append(try readField(try nested(value), of: name))
      case 3: try readMessage(try nested(value), in: name, depth: depth + 1)
      case 4: try readEnum(try nested(value), in: name)
      case 7: isMapEntry = try integer(try fields(try nested(value)), 7) == 1
      default: continue
      }
    }
    messages.append(.init(fullName: name, fields: declared, isMapEntry: isMapEntry))
  }

  /// FieldDescriptorProto { name = 1; number = 3; label = 4; type = 5; type_name = 6; options = 8; oneof_index = 9;
  /// json_name = 10 }, FieldOptions { packed = 2 }
  private func readField(_ bytes: ArraySlice<UInt8>, of message: String) throws(DecodeError) -> DescriptorPool.Field {
    let all = try fields(bytes)
    let name = try text(all, 1)
    let typeName = String(try text(all, 6).drop { $0 == "." })
    guard let kind = Self.kind(try integer(all, 5) ?? 0, typeName) else {
      throw refused("\(message).\(name) has a type that is not supported")
    }
    let labelRepeated: UInt64 = 3
    let isRepeated = try integer(all, 4) == labelRepeated
    let oneof = try integer(all, 9).flatMap(Int.init(exactly:))
    let options = try all.last { $0.number == 8 }.map { option throws(DecodeError) in
      try fields(try nested(option.value))
    }
    let packed = try integer(options ?? [], 2)
    let jsonName = try text(all, 10)
    return DescriptorPool.Field(
      name: name, jsonName: jsonName.isEmpty ? DescriptorName.lowerCamel(name) : jsonName,
      number: UInt32(truncatingIfNeeded: try integer(all, 3) ?? 0), kind: kind, isRepeated: isRepeated,
      isPacked: isRepeated && kind.isPackable && packed != 0, hasPresence: oneof != nil || kind.isMessage, oneof: oneof)
  }

  /// EnumDescriptorProto { name = 1; value = 2 }, EnumValueDescriptorProto { name = 1; number = 2 }
  private mutating func readEnum(_ bytes: ArraySlice<UInt8>, in scope: String) throws(DecodeError) {
    let all = try fields(bytes)
    var values: [(name: String, number: Int32)] = []
    for (number, value) in all where number == 2 {
      let one = try fields(try nested(value))
      values.append((try text(one, 1), Int32(truncatingIfNeeded: try integer(one, 2) ?? 0)))
    }
    enums.append(.init(fullName: try join(scope, text(all, 1)), values: values))
  }

  /// ServiceDescriptorProto { name = 1; method = 2 }, MethodDescriptorProto { name = 1; input_type = 2; output_type = 3;
  /// options = 4; client_streaming = 5; server_streaming = 6 }, MethodOptions { guoban.rpc.v1.permission = 50801 }
  private mutating func readService(_ bytes: ArraySlice<UInt8>, in package: String) throws(DecodeError) {
    let all = try fields(bytes)
    let service = try join(package, text(all, 1))
    for (number, value) in all where number == 2 {
      let method = try fields(try nested(value))
      let options = try method.last { $0.number == 4 }.map { option throws(DecodeError) in
        try fields(try nested(option.value))
      }
      let permission = try integer(options ?? [], 50801) ?? 0
      methods.append(
        .init(
          name: "/\(service)/\(try text(method, 1))", input: String(try text(method, 2).drop { $0 == "." }),
          output: String(try text(method, 3).drop { $0 == "." }), clientStreaming: try integer(method, 5) == 1,
          serverStreaming: try integer(method, 6) == 1,
          permission: RPC.Permission(rawValue: Int32(truncatingIfNeeded: permission))))
    }
  }

  /// FieldDescriptorProto.Type.
  private static func kind(_ type: UInt64, _ typeName: String) -> DescriptorPool.Kind? {
    let scalars: [UInt64: DescriptorPool.Kind] = [
      1: .double, 2: .float, 3: .int64, 4: .uint64, 5: .int32, 6: .fixed64, 7: .fixed32, 8: .bool, 9: .string,
      12: .bytes, 13: .uint32, 15: .sfixed32, 16: .sfixed64, 17: .sint32, 18: .sint64,
    ]
    return switch type {
    case 11: .message(typeName)
    case 14: .enumeration(typeName)
    default: scalars[type]
    }
  }
}

/// Fields of one message, in the order they came.
private typealias WireFields = [(number: UInt32, value: DescriptorWireReader.Value)]

private func fields(_ bytes: ArraySlice<UInt8>) throws(DecodeError) -> WireFields {
  var reader = DescriptorWireReader(bytes)
  var fields: WireFields = []
  while let field = try reader.next() { fields.append(field) }
  return fields
}

private func nested(_ value: DescriptorWireReader.Value) throws(DecodeError) -> ArraySlice<UInt8> {
  guard case .bytes(let bytes) = value else { throw refused("a field of a descriptor has the wrong type") }
  return bytes
}

private func text(_ fields: WireFields, _ number: UInt32) throws(DecodeError) -> String {
  guard let value = fields.last(where: { $0.number == number })?.value else { return "" }
  guard let text = String(validating: try nested(value), as: UTF8.self) else {
    throw refused("a name in a descriptor is not UTF-8")
  }
  return text
}

private func integer(_ fields: WireFields, _ number: UInt32) throws(DecodeError) -> UInt64? {
  guard let value = fields.last(where: { $0.number == number })?.value else { return nil }
  guard case .varint(let integer) = value else { throw refused("a field of a descriptor has the wrong type") }
  return integer
}

private func join(_ scope: String, _ name: String) -> String {
  scope.isEmpty ? name : "\(scope).\(name)"
}

private func refused(_ message: String) -> DecodeError {
  DecodeError(code: .malformed, field: "", offset: 0, message: message)
}
