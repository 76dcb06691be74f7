import CProtobufC
import GuobanTestSupport

/// Writes random but canonical bytes of any message from protobuf-c's description of it, with an encoder of its own:
/// what GuobanMessages reads and writes back must be the same bytes.
struct RandomWire {
  var random: SeededGenerator
  /// How many elements a repeated field has at most.
  var elementsMax = 3
  /// How probable it is that a field is there, in percent.
  var fieldPercent = 60

  init(_ name: String) {
    random = SeededGenerator(name)
  }

  mutating func message(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> [UInt8] {
    var bytes: [UInt8] = []
    let fields = UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
    var chosen: [UInt32: UInt32] = [:]  // a oneof's quantifier offset → the number of its field that is set
    for field in fields where isOneof(field) {
      let key = field.quantifier_offset
      if chosen[key] == nil || Bool.random(using: &random) { chosen[key] = field.id }
    }
    for field in fields {
      if isOneof(field) {
        if chosen[field.quantifier_offset] == field.id { append(field, to: &bytes, evenIfZero: true) }
      } else if Int.random(in: 0..<100, using: &random) < fieldPercent {
        if field.label == PROTOBUF_C_LABEL_REPEATED {
          appendRepeated(field, to: &bytes)
        } else {
          append(field, to: &bytes, evenIfZero: false)
        }
      }
    }
    return bytes
  }

  private func isOneof(_ field: ProtobufCFieldDescriptor) -> Bool {
    field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
  }

  private mutating func appendRepeated(_ field: ProtobufCFieldDescriptor, to bytes: inout [UInt8]) {
    let count = Int.random(in: 1...elementsMax, using: &random)
    if isMap(field) {
      let keys = Set((0..<count).map { _ in Array(nonEmptyText().utf8) })
      for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        var entry: [UInt8] = []
        appendSized(1, key, to: &entry)
        appendSized(2, Array(nonEmptyText().utf8), to: &entry)
        appendSized(field.id, entry, to: &bytes)
      }
      return
    }
    if isPackable(field.type) {
      let packed = (0..<count).flatMap { _ in scalar(field, mayBeZero: true).bytes }
      appendSized(field.id, packed, to: &bytes)
      return
    }
    for _ in 0..<count { append(field, to: &bytes, evenIfZero: true) }
  }

  private mutating func append(_ field: ProtobufCFieldDescriptor, to bytes: inout [UInt8], evenIfZero: Bool) {
    switch field.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      guard let nested = field.descriptor else { return }
      appendSized(field.id, message(nested.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)), to: &bytes)
    case PROTOBUF_C_TYPE_STRING:
      let text = Array((evenIfZero ? self.text() : nonEmptyText()).utf8)
      appendSized(field.id, text, to: &bytes)
    case PROTOBUF_C_TYPE_BYTES:
      let count = Int.random(in: (evenIfZero ? 0 : 1)...40, using: &random)
      appendSized(field.id, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, to: &bytes)
    default:
      let (wireType, value) = scalar(field, mayBeZero: evenIfZero)
      appendVarint(UInt64(field.id) << 3 | wireType, to: &bytes)
      bytes += value
    }
  }

  private mutating func scalar(
    _ field: ProtobufCFieldDescriptor, mayBeZero: Bool
  ) -> (wireType: UInt64, bytes: [UInt8]) {
    var value = integer()
    if !mayBeZero, UInt32(truncatingIfNeeded: value) == 0 { value = 1 }
    var bytes: [UInt8] = []
    switch field.type {
    case PROTOBUF_C_TYPE_BOOL: appendVarint(mayBeZero ? value & 1 : 1, to: &bytes)
    case PROTOBUF_C_TYPE_UINT32: appendVarint(UInt64(UInt32(truncatingIfNeeded: value)), to: &bytes)
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_ENUM:
      appendVarint(UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value))), to: &bytes)
    case PROTOBUF_C_TYPE_SINT32:
      let number = Int32(truncatingIfNeeded: value)
      appendVarint(UInt64(UInt32(bitPattern: number << 1 ^ number >> 31)), to: &bytes)
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64: appendVarint(value, to: &bytes)
    case PROTOBUF_C_TYPE_SINT64:
      let number = Int64(bitPattern: value)
      appendVarint(UInt64(bitPattern: number << 1 ^ number >> 63), to: &bytes)
    case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT:
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian) { bytes += $0 }
      return (5, bytes)
    default:
      withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
      return (1, bytes)
    }
    return (0, bytes)
  }

  private mutating func integer() -> UInt64 {
    let edges: [UInt64] = [
      0, 1, 127, 128, 300, UInt64(Int32.max), 0x8000_0000, UInt64(UInt32.max), UInt64(Int64.max), 1 << 63, .max,
    ]
    if Int.random(in: 0..<3, using: &random) == 0 { return edges.randomElement(using: &random) ?? 0 }
    return UInt64.random(in: 0...(.max), using: &random) >> UInt64.random(in: 0..<64, using: &random)
  }

  private mutating func text() -> String {
    Int.random(in: 0..<5, using: &random) == 0 ? "" : nonEmptyText()
  }

  private mutating func nonEmptyText() -> String {
    let alphabet = Array("abcXYZ 09_-.\"\\\t\n过半双省重点项目éя𠮷😀\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10FFFF}".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 1...24, using: &random) {
      text.append(alphabet.randomElement(using: &random) ?? "x")
    }
    return String(text)
  }
}

func isPackable(_ type: ProtobufCType) -> Bool {
  type != PROTOBUF_C_TYPE_STRING && type != PROTOBUF_C_TYPE_BYTES && type != PROTOBUF_C_TYPE_MESSAGE
}

/// Whether the field is a map: its elements are messages that protoc has made, named for the field.
func isMap(_ field: ProtobufCFieldDescriptor) -> Bool {
  guard field.type == PROTOBUF_C_TYPE_MESSAGE, let descriptor = field.descriptor else { return false }
  let nested = descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self).pointee
  let names = UnsafeBufferPointer(start: nested.fields, count: Int(nested.n_fields)).map { String(cString: $0.name) }
  return String(cString: nested.short_name).hasSuffix("Entry") && names == ["key", "value"]
}

func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var value = value
  while value >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
    value >>= 7
  }
  bytes.append(UInt8(value))
}

/// Appends a length-prefixed field.
func appendSized(_ number: UInt32, _ value: [UInt8], to bytes: inout [UInt8]) {
  appendVarint(UInt64(number) << 3 | 2, to: &bytes)
  appendVarint(UInt64(value.count), to: &bytes)
  bytes += value
}
