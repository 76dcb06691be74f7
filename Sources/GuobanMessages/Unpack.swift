internal import CProtobufC

/// Copies values out of the C structs that protobuf-c has unpacked.
///
/// Safety: every pointer comes from protobuf-c, which gives the array of a repeated field as many elements as its count
/// says, and ends every string with a NUL. The guard has checked that strings are UTF-8 before.
enum Unpack {
  static func string(_ value: UnsafeMutablePointer<CChar>?) -> String {
    guard let value else { return "" }
    return String(cString: value)
  }

  static func bytes(_ value: ProtobufCBinaryData) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: value.data, count: value.data == nil ? 0 : value.len))
  }

  static func message<M: CMessage>(_ value: UnsafeMutablePointer<M.C>?) -> M? {
    guard let value else { return nil }
    return M(c: value)
  }

  static func messages<M: CMessage>(_ count: Int, _ values: UnsafeMutablePointer<UnsafeMutablePointer<M.C>?>?) -> [M] {
    list(count, values) { message($0) ?? M() }
  }

  static func strings(_ count: Int, _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
    list(count, values) { string($0) }
  }

  /// The last entry of a key wins, as in every protobuf implementation.
  static func map<Entry>(
    _ count: Int, _ values: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?,
    _ read: (UnsafeMutablePointer<Entry>) -> (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?)
  ) -> [String: String] {
    guard count > 0, let values else { return [:] }
    var map = [String: String](minimumCapacity: count)
    for entry in UnsafeBufferPointer(start: values, count: count) {
      guard let entry else { continue }
      let (key, value) = read(entry)
      map[string(key)] = string(value)
    }
    return map
  }

  static func byteStrings(_ count: Int, _ values: UnsafeMutablePointer<ProtobufCBinaryData>?) -> [[UInt8]] {
    list(count, values) { bytes($0) }
  }

  static func scalars<T: BitwiseCopyable>(_ count: Int, _ values: UnsafeMutablePointer<T>?) -> [T] {
    guard count > 0, let values else { return [] }
    return [T](UnsafeBufferPointer(start: values, count: count))
  }

  static func bools(_ count: Int, _ values: UnsafeMutablePointer<protobuf_c_boolean>?) -> [Bool] {
    list(count, values) { $0 != 0 }
  }

  static func enums<E: OpenEnum, C: RawRepresentable<UInt32>>(_ count: Int, _ values: UnsafeMutablePointer<C>?) -> [E] {
    list(count, values) { E(rawValue: Int32(bitPattern: $0.rawValue)) }
  }

  private static func list<T, Value>(
    _ count: Int, _ values: UnsafeMutablePointer<T>?, _ read: (T) -> Value
  ) -> [Value] {
    guard count > 0, let values else { return [] }
    return UnsafeBufferPointer(start: values, count: count).map(read)
  }
}
