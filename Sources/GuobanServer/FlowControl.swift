/// How many bytes of Data may be sent: per stream, per connection, and for the sake of the socket.
///
/// A message may be sent while there is any credit at all, and then credit goes below zero: so a message longer than
/// the whole credit is still possible, and nobody is ever more than one message ahead.
struct FlowControl {
  private var connectionCredit: Int
  private let streamCreditAtStart: Int
  private let queuedBytesMax: Int
  private var streamCredits: [UInt32: Int] = [:]
  private(set) var queuedBytes = 0

  init(connectionCredit: Int, streamCredit: Int, queuedBytesMax: Int) {
    self.connectionCredit = connectionCredit
    self.streamCreditAtStart = streamCredit
    self.queuedBytesMax = queuedBytesMax
  }

  mutating func open(_ stream: UInt32) { streamCredits[stream] = streamCreditAtStart }

  mutating func close(_ stream: UInt32) { streamCredits[stream] = nil }

  func isOpen(_ stream: UInt32) -> Bool { streamCredits[stream] != nil }

  func hasRoom(_ stream: UInt32) -> Bool {
    guard let credit = streamCredits[stream] else { return false }
    return credit > 0 && connectionCredit > 0 && queuedBytes < queuedBytesMax
  }

  /// Whether the message may be sent now; if so it is on its way to the socket.
  mutating func take(_ bytes: Int, _ stream: UInt32) -> Bool {
    guard hasRoom(stream), let credit = streamCredits[stream] else { return false }
    streamCredits[stream] = credit - bytes
    connectionCredit -= bytes
    queuedBytes += bytes
    return true
  }

  /// The peer will take more; stream 0 is the whole connection. Credit for a stream that has ended is late, not wrong.
  mutating func grant(_ bytes: Int, _ stream: UInt32) {
    if stream == 0 {
      connectionCredit = min(connectionCredit + bytes, Self.creditBytesMax)
    } else if let credit = streamCredits[stream] {
      streamCredits[stream] = min(credit + bytes, Self.creditBytesMax)
    }
  }

  /// Bytes that the socket has taken, or that will never be sent.
  mutating func written(_ bytes: Int) { queuedBytes -= bytes }

  /// More than this cannot be saved up.
  static let creditBytesMax = Int(Int32.max)
}
