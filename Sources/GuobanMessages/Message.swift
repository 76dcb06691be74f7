/// A protobuf message as a Swift value.
///
/// Fields that this version does not know are dropped. Enums are open. `==` compares strings as Swift does, by canonical
/// equivalence; compare `packed()` where bytes matter.
public protocol Message: Sendable, Equatable {
  /// The full proto name: `guoban.v1.Pass`.
  static var fullName: String { get }

  /// Every field at its default.
  init()

  /// Reads bytes that may come from anyone: they are checked, and bounded by `limits`, before anything is built of them.
  init(packed bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(DecodeError)

  /// Lays the message out once, so that its size is known before it is packed into a buffer of the caller's.
  ///
  /// ```swift
  /// reply.withPrepared { message in
  ///   buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: message.packedSize) { message.pack(into: $0) }
  /// }
  /// ```
  func withPrepared<Output, Failure: Error>(
    _ use: (borrowing PreparedMessage) throws(Failure) -> Output
  ) throws(Failure) -> Output
}

extension Message {
  /// Reads bytes that may come from anyone: they are checked, and bounded by `limits`, before anything is built of them.
  public init(packed bytes: [UInt8], limits: DecodeLimits) throws(DecodeError) {
    // Safety: the pointer is read only inside the closure; a message owns all it holds.
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
      try Self(packed: UnsafeRawBufferPointer(bytes), limits: limits)
    }
  }

  /// The canonical bytes: fields by number, maps by the UTF-8 bytes of their keys, defaults left out.
  ///
  /// A NUL inside a string is packed as U+FFFD: protobuf-c's strings end at a NUL, and so nothing after it is lost and no
  /// reader is fooled. Decoding refuses NUL, so only this process's own values can hold one.
  public func packed() -> [UInt8] {
    withPrepared { message in
      // Safety: `pack` writes `packedSize` bytes, which is the capacity, and says how many.
      [UInt8](unsafeUninitializedCapacity: message.packedSize) { buffer, count in
        count = message.pack(into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }

  /// How many bytes `packed()` has.
  public var packedSize: Int { withPrepared { $0.packedSize } }
}
