/// Integers in network order, the most significant byte first.
public enum BigEndian {
  /// All bytes of `value`.
  public static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }  // Safety: the bytes are copied inside the closure.
  }

  /// Reads up to four bytes.
  public static func value(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
