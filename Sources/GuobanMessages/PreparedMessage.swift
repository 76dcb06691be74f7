internal import CProtobufC

/// A message laid out as a C struct and ready to be packed. Lives only inside `Message.withPrepared`.
public struct PreparedMessage: ~Copyable {
  /// How many bytes `pack(into:)` writes.
  public let packedSize: Int

  // Safety: points into the arena that `prepare` keeps alive for as long as this value exists.
  private let message: UnsafePointer<ProtobufCMessage>

  init(_ message: UnsafePointer<ProtobufCMessage>) {
    self.message = message
    self.packedSize = protobuf_c_message_get_packed_size(message)
  }

  /// Writes the message at the buffer's start and returns how many bytes that were: `packedSize`, which the buffer must
  /// have.
  @discardableResult
  public func pack(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    precondition(buffer.count >= packedSize, "the buffer is smaller than the packed message")
    guard packedSize > 0, let base = buffer.baseAddress else { return 0 }
    return protobuf_c_message_pack(message, base.assumingMemoryBound(to: UInt8.self))
  }
}

/// Lays `message` out in an arena and passes it to `use`.
func prepare<M: CMessage, Output, Failure: Error>(
  _ message: M, _ use: (borrowing PreparedMessage) throws(Failure) -> Output
) throws(Failure) -> Output {
  let arena = PackArena()
  defer { arena.end() }
  let c = arena.allocate(M.C.self, count: 1)
  message.fill(c, arena)
  // Safety: every protobuf-c message starts with a ProtobufCMessage; the arena outlives `use`.
  return try use(PreparedMessage(UnsafeRawPointer(c).assumingMemoryBound(to: ProtobufCMessage.self)))
}
