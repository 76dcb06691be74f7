internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Frames on their way to a socket: those being collected for the next flush, and how many the socket has not taken yet.
struct OutboundBuffer {
  /// Bytes of Data messages among those being collected.
  var dataBytes = 0
  /// Since when the socket has taken nothing although bytes wait.
  private(set) var waitingSince: NIODeadline?
  private let bytesMax: Int
  private var collected = ByteBuffer()
  private var flushedBytes = 0
  private var lastBatchBytes = 0

  /// What one flush gives to the socket.
  struct Batch {
    var bytes: ByteBuffer
    var dataBytes: Int
  }

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// False when the peer reads too slowly to go on.
  var isWithinBound: Bool { collected.readableBytes + flushedBytes <= bytesMax }

  mutating func write(_ frame: RPC.Frame) {
    if collected.capacity == 0 { collected.reserveCapacity(lastBatchBytes) }
    FrameEncoder.write(frame, into: &collected)
  }

  mutating func write(line: String) {
    collected.writeString(line + "\r\n")
  }

  /// What was collected; nil when that is nothing.
  mutating func takeBatch(now: NIODeadline) -> Batch? {
    guard collected.readableBytes > 0 else { return nil }
    let batch = Batch(bytes: collected, dataBytes: dataBytes)
    flushedBytes += collected.readableBytes
    lastBatchBytes = min(collected.readableBytes, Self.reservedBytesMax)
    waitingSince = waitingSince ?? now
    collected = ByteBuffer()
    dataBytes = 0
    return batch
  }

  /// More than this is not kept ready for the next flush.
  private static let reservedBytesMax = 64 << 10

  /// The socket has taken a batch.
  mutating func written(_ batch: Batch, now: NIODeadline) {
    flushedBytes -= batch.bytes.readableBytes
    waitingSince = flushedBytes > 0 ? now : nil
  }
}
