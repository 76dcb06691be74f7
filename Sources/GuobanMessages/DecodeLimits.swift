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

  /// For requests, replies and records: 4 MiB, 16 deep, 100 000 elements, 1 000 unknown fields, 32 MiB of memory.
  public static let standard = DecodeLimits(
    messageBytesMax: 4 << 20, depthMax: 16, elementsMax: 100_000, unknownFieldsMax: 1_000, memoryBytesMax: 32 << 20)

  /// For an `RPC.Frame`, which carries a message of `standard` size as bytes: 64 KiB more, and little beside it.
  public static let frame = DecodeLimits(
    messageBytesMax: (4 << 20) + (64 << 10), depthMax: 4, elementsMax: 1_000, unknownFieldsMax: 100,
    memoryBytesMax: 8 << 20)

  /// For the first frame of a stranger: 64 KiB.
  public static let hello = DecodeLimits(
    messageBytesMax: 64 << 10, depthMax: 4, elementsMax: 1_000, unknownFieldsMax: 100, memoryBytesMax: 1 << 20)

  /// For what host and reporter send each other, columns of many numbers among it: 16 MiB, 1 000 000 elements.
  public static let reporter = DecodeLimits(
    messageBytesMax: 16 << 20, depthMax: 16, elementsMax: 1_000_000, unknownFieldsMax: 1_000,
    memoryBytesMax: 128 << 20)
}
