internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Frames on their way to a socket: those that wait, those being collected for the next flush, and how many bytes the
/// socket has not taken yet.
///
/// As long as the socket keeps up, a frame is packed at once, up to a batch. What is more, or finds no room, waits in the
/// ``OutboundScheduler``, as messages and not as bytes.
struct OutboundBuffer {
  /// Data messages that have left the queue, and hold their room until it is given back.
  private(set) var dequeued: [(stream: UInt32, bytes: Int)] = []
  /// Since when the socket has taken nothing although bytes wait.
  private(set) var waitingSince: MonotonicTime?
  private let bytesMax: Int
  /// For a peer that takes zstd.
  var compression: FrameCompression?
  private let socketBytesMax: Int
  private var scheduler: OutboundScheduler
  private var collected = ByteBuffer()
  private var flushedBytes = 0
  private var lastBatchBytes = 0

  init(bytesMax: Int, socketBytesMax: Int, smallBytesMax: Int) {
    self.bytesMax = bytesMax
    self.socketBytesMax = socketBytesMax
    scheduler = OutboundScheduler(quantumBytes: smallBytesMax)
  }

  /// False when the peer reads too slowly to go on.
  var isWithinBound: Bool { collected.readableBytes + flushedBytes + scheduler.queuedBytes <= bytesMax }

  /// Whether frames wait that the socket could be given now.
  var canAdvance: Bool { !scheduler.isEmpty && hasRoom }

  /// Whether everything is with the socket.
  var isEmpty: Bool { scheduler.isEmpty && collected.readableBytes == 0 }

  private var hasRoom: Bool { collected.readableBytes + flushedBytes < socketBytesMax }

  /// `messageBytes` is how long the message in the frame is.
  mutating func write(_ frame: RPC.Frame, messageBytes: Int = 0, isData: Bool = false) {
    if scheduler.isEmpty, hasRoom, collected.readableBytes < Self.batchBytesMax {
      encode(frame)
      if isData { dequeued.append((frame.streamId, messageBytes)) }
    } else {
      scheduler.enqueue(
        OutboundScheduler.Item(
          frame: frame, bytes: messageBytes + Self.envelopeBytes, dataBytes: isData ? messageBytes : 0))
    }
  }

  mutating func write(line: String) {
    collected.writeString(line + "\r\n")
  }

  /// Packs waiting frames as far as the socket has room, and a batch of them at most.
  mutating func advance() {
    while canAdvance, collected.readableBytes < Self.batchBytesMax, let item = scheduler.next() {
      encode(item.frame)
      if item.dataBytes > 0 { dequeued.append((item.frame.streamId, item.dataBytes)) }
    }
  }

  private mutating func encode(_ frame: RPC.Frame) {
    if collected.capacity == 0 { collected.reserveCapacity(lastBatchBytes) }
    FrameEncoder.write(frame, into: &collected, compression: compression)
  }

  /// The Data messages that have left the queue since the last time.
  mutating func takeDequeued() -> [(stream: UInt32, bytes: Int)] { exchange(&dequeued, with: []) }

  /// Forgets what waits of a stream's Data.
  mutating func dropData(_ stream: UInt32) {
    guard !scheduler.isEmpty else { return }
    let bytes = scheduler.dropData(stream)
    if bytes > 0 { dequeued.append((stream, bytes)) }
  }

  /// Forgets all that waits, but for what the socket was given.
  mutating func dropAll() { scheduler.removeAll() }

  /// What was collected; nil when that is nothing.
  mutating func takeBatch(now: MonotonicTime) -> ByteBuffer? {
    guard collected.readableBytes > 0 else { return nil }
    let batch = collected
    flushedBytes += batch.readableBytes
    lastBatchBytes = min(batch.readableBytes, Self.reservedBytesMax)
    waitingSince = waitingSince ?? now
    collected = ByteBuffer()
    return batch
  }

  /// The socket has taken a batch.
  mutating func written(_ bytes: Int, now: MonotonicTime) {
    flushedBytes -= bytes
    waitingSince = flushedBytes > 0 ? now : nil
  }

  /// The socket has taken part of a batch.
  mutating func progressed(now: MonotonicTime) {
    if waitingSince != nil { waitingSince = now }
  }

  /// What the kernel takes in a part of a turn.
  private static let batchBytesMax = 32 << 10
  /// More than this is not kept ready for the next flush.
  private static let reservedBytesMax = 64 << 10
  /// What a frame takes beside its message, about.
  private static let envelopeBytes = 32
}
