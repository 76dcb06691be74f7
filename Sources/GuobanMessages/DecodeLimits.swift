/// What one message from outside may cost. Passed at every call that decodes.
public struct DecodeLimits: Sendable, Hashable {
  /// Bytes of the packed message.
  public var messageBytesMax: Int
  /// Messages inside messages; the outermost is at depth 1.
  public var depthMax: Int
  /// Elements of repeated and map fields, in the whole message.
  public var elementsMax: Int
  /// Fields that this version does not know, in the whole message.
  public var unknownFieldsMax: Int
  /// Bytes of memory for the unpacked message.
  public var memoryBytesMax: Int

  public init(
    messageBytesMax: Int, depthMax: Int, elementsMax: Int, unknownFieldsMax: Int, memoryBytesMax: Int
  ) {
    self.messageBytesMax = messageBytesMax
    self.depthMax = depthMax
    self.elementsMax = elementsMax
    self.unknownFieldsMax = unknownFieldsMax
    self.memoryBytesMax = memoryBytesMax
  }

  /// For requests, replies and stored records: 4 MiB, 16 deep, 100 000 elements, 64 MiB of memory.
  public static let standard = DecodeLimits(
    messageBytesMax: 4 << 20, depthMax: 16, elementsMax: 100_000, unknownFieldsMax: 1_000, memoryBytesMax: 64 << 20)
}
