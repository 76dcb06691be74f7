/// Writes packed bytes of types that are known only at run time.
struct DescriptorWireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: UInt32, _ value: DescriptorWireReader.Value) {
    switch value {
    case .varint(let value):
      append(tag: number, wireType: 0)
      append(varint: value)
    case .fixed64(let value):
      append(tag: number, wireType: 1)
      append(littleEndian: value)
    case .bytes(let value):
      append(tag: number, wireType: 2)
      append(varint: UInt64(value.count))
      bytes += value
    case .fixed32(let value):
      append(tag: number, wireType: 5)
      append(littleEndian: value)
    }
  }

  /// Appends an element of a packed field: a number without its tag.
  mutating func append(element value: DescriptorWireReader.Value) {
    switch value {
    case .varint(let value): append(varint: value)
    case .fixed64(let value): append(littleEndian: value)
    case .fixed32(let value): append(littleEndian: value)
    case .bytes(let value): bytes += value
    }
  }

  private mutating func append(tag number: UInt32, wireType: UInt64) {
    append(varint: UInt64(number) << 3 | wireType)
  }

  private mutating func append(varint value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  private mutating func append(littleEndian value: some FixedWidthInteger) {
    // Safety: the bytes are copied before the closure ends.
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
