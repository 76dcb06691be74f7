/// Counts what was received until it is worth giving credit for.
///
/// Giving it back in halves of the whole keeps the sender going without a Credit frame for every message.
struct ReceiveCredit {
  private let batchBytes: Int
  private var pendingBytes = 0

  init(batchBytes: Int) {
    self.batchBytes = batchBytes
  }

  /// The credit to give now, if any.
  mutating func add(_ bytes: Int) -> Int? {
    pendingBytes += bytes
    guard pendingBytes >= batchBytes, pendingBytes > 0 else { return nil }
    defer { pendingBytes = 0 }
    return pendingBytes
  }
}
