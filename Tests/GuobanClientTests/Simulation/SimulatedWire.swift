import GuobanMessages
import GuobanTestSupport
import GuobanWire
import NIOCore

/// One direction of a connection: bytes arrive in order, late, and in pieces that know nothing of frames.
struct SimulatedWire {
  private var pieces: [(at: MonotonicTime, bytes: ByteBuffer)] = []
  private var lastAt = MonotonicTime(nanoseconds: 0)
  /// Nothing is written after this; what was written still arrives.
  private(set) var isEnded = false

  mutating func write(_ frame: RPC.Frame, now: MonotonicTime, _ random: inout SeededGenerator) {
    guard !isEnded else { return }
    var buffer = ByteBuffer()
    FrameEncoder.write(frame, into: &buffer)
    while buffer.readableBytes > 0 {
      let isWhole = Int.random(in: 0..<3, using: &random) > 0
      let length = isWhole ? buffer.readableBytes : Int.random(in: 1...buffer.readableBytes, using: &random)
      guard let piece = buffer.readSlice(length: length) else { return }
      lastAt = max(lastAt, now + .milliseconds(Int.random(in: 0...8, using: &random)))
      pieces.append((lastAt, piece))
    }
  }

  mutating func end() { isEnded = true }

  /// The connection was cut: what was under way is lost.
  mutating func cut() {
    isEnded = true
    pieces = []
  }

  /// The next piece that has arrived by now.
  mutating func next(_ now: MonotonicTime) -> ByteBuffer? {
    guard let first = pieces.first, first.at <= now else { return nil }
    return pieces.removeFirst().bytes
  }

  /// Whether everything has arrived and nothing more will.
  var isOver: Bool { isEnded && pieces.isEmpty }
}
