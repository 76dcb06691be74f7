/// How many bytes of Data may be sent: per stream, per connection, and for the sake of the socket.
///
/// A message may be sent while there is any credit at all, and then credit goes below zero: so a message longer than
/// the whole credit is still possible, and nobody is ever more than one message ahead.
///
/// The last quarter of the connection's credit, and any place in the queue, are there for small messages of streams that
/// have nothing else waiting: a watch event goes out beside an export that takes all it can get.
struct FlowControl {
  private let limits: Limits
  private var connectionCredit: Int
  private var streams: [UInt32: SendStream] = [:]
  private(set) var queuedBytes = 0

  struct Limits {
    var connectionCredit: Int
    var streamCredit: Int
    var queuedBytesMax: Int
    var smallBytesMax: Int

    /// Kept for small messages.
    var reservedCredit: Int { connectionCredit / 4 }
    /// One stream cannot take all the queue.
    var streamQueuedBytesMax: Int { max(1, queuedBytesMax / 4) }
  }

  private struct SendStream {
    var credit: Int
    var queuedBytes = 0
    /// The message that did not fit, when somebody waits to be called.
    var wantedBytes = 1
  }

  init(_ limits: Limits) {
    self.limits = limits
    connectionCredit = limits.connectionCredit
  }

  mutating func open(_ stream: UInt32) { streams[stream] = SendStream(credit: limits.streamCredit) }

  mutating func close(_ stream: UInt32) { streams[stream] = nil }

  func isOpen(_ stream: UInt32) -> Bool { streams[stream] != nil }

  /// Whether the message that was last refused would be taken now.
  func hasRoom(_ stream: UInt32) -> Bool {
    guard let sender = streams[stream] else { return false }
    return hasRoom(sender, sender.wantedBytes)
  }

  /// Whether a message of so many bytes would be taken now.
  func hasRoom(_ stream: UInt32, for bytes: Int) -> Bool { streams[stream].map { hasRoom($0, bytes) } ?? false }

  private func hasRoom(_ sender: SendStream, _ bytes: Int) -> Bool {
    guard sender.credit > 0, connectionCredit > 0 else { return false }
    if sender.queuedBytes == 0, bytes <= limits.smallBytesMax { return true }
    return connectionCredit > limits.reservedCredit && queuedBytes < limits.queuedBytesMax
      && sender.queuedBytes < limits.streamQueuedBytesMax
  }

  /// Whether the message may be sent now; if so it is on its way to the socket.
  mutating func take(_ bytes: Int, _ stream: UInt32) -> Bool {
    guard var sender = streams[stream] else { return false }
    guard hasRoom(sender, bytes) else {
      streams[stream]?.wantedBytes = bytes
      return false
    }
    sender.credit -= bytes
    sender.queuedBytes += bytes
    streams[stream] = sender
    connectionCredit -= bytes
    queuedBytes += bytes
    return true
  }

  /// The peer will take more; stream 0 is the whole connection. Credit for a stream that has ended is late, not wrong.
  mutating func grant(_ bytes: Int, _ stream: UInt32) {
    if stream == 0 {
      connectionCredit = min(connectionCredit + bytes, Self.creditBytesMax)
    } else if let sender = streams[stream] {
      streams[stream]?.credit = min(sender.credit + bytes, Self.creditBytesMax)
    }
  }

  /// The message has left the queue: for the socket, or because nobody wants it any more.
  mutating func dequeued(_ bytes: Int, _ stream: UInt32) {
    queuedBytes -= bytes
    streams[stream]?.queuedBytes -= bytes
  }

  /// More than this cannot be saved up.
  static let creditBytesMax = Int(Int32.max)
}
