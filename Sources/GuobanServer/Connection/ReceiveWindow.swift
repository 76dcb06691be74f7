/// Credit that this end gave a peer for Data: per stream, or for a connection.
///
/// A message may come while there is any credit at all, and then credit goes below zero; the next one is a violation. So
/// a message longer than the whole credit is possible, and a peer is never more than one message ahead. Credit goes back
/// in halves of the whole, so that a sender keeps going without a Credit frame for every message.
struct ReceiveWindow {
  /// What the peer may still send.
  private(set) var credit: Int
  private let batchBytes: Int
  private var pendingBytes = 0

  init(credit: Int) {
    self.credit = credit
    batchBytes = max(1, credit / 2)
  }

  /// A message came; false when the peer had no credit for it.
  mutating func receive(_ bytes: Int) -> Bool {
    guard credit > 0 else { return false }
    credit -= bytes
    return true
  }

  /// These bytes are done with; gives the credit to send now, if any.
  mutating func giveBack(_ bytes: Int) -> Int? {
    pendingBytes += bytes
    guard pendingBytes >= batchBytes else { return nil }
    credit += pendingBytes
    return exchange(&pendingBytes, with: 0)
  }
}
