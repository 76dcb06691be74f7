internal import GuobanMessages

/// Reads the fields of packed bytes one by one, for types that are known only at run time.
///
/// Nothing is copied and nothing recurses; whoever follows nested messages bounds the depth.
struct DescriptorWireReader {
  /// A field's value as it stands on the wire.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)

    /// Whether this is proto3's default, which is not written.
    var isZero: Bool {
      switch self {
      case .varint(let value): value == 0
      case .fixed64(let value): value == 0
      case .fixed32(let value): value == 0
      case .bytes(let value): value.isEmpty
      }
    }
  }

  private let start: Int
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    start = bytes.startIndex
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next field, or nil at the end.
  mutating func next() throws(DecodeError) -> (number: UInt32, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    let numbers: ClosedRange<UInt64> = 1...536_870_911
    guard numbers.contains(tag >> 3) else { throw malformed("a field number is out of range") }
    let number = UInt32(tag >> 3)
    switch tag & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(try fixed64()))
    case 2: return (number, .bytes(try take(try varint())))
    case 5: return (number, .fixed32(try fixed32()))
    default: throw malformed("groups are not supported")
    }
  }

  mutating func varint() throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw malformed("a number is cut off or does not fit in 64 bits")
  }

  mutating func fixed64() throws(DecodeError) -> UInt64 {
    try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func fixed32() throws(DecodeError) -> UInt32 {
    try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private mutating func take(_ count: UInt64) throws(DecodeError) -> ArraySlice<UInt8> {
    guard count <= UInt64(rest.count) else { throw malformed("the bytes end inside a field") }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }

  private func malformed(_ what: String) -> DecodeError {
    let offset = rest.startIndex - start
    return DecodeError(code: .malformed, field: "", offset: offset, message: "\(what) (at byte \(offset))")
  }
}
