/// Lets so many lines a minute through, and counts those it holds back. Pure: the caller has the clock.
struct LogRate: Sendable {
  let linesPerMinuteMax: Int
  private var minute: Int64 = .min
  private var lines = 0
  private var heldBack: UInt64 = 0

  init(linesPerMinuteMax: Int) { self.linesPerMinuteMax = linesPerMinuteMax }

  /// How many lines were held back since the last one that was let through; nil when this one is held back too.
  mutating func admit(epochSeconds: Int64) -> UInt64? {
    if epochSeconds / 60 != minute {
      minute = epochSeconds / 60
      lines = 0
    }
    guard lines < linesPerMinuteMax else {
      heldBack += 1
      return nil
    }
    lines += 1
    defer { heldBack = 0 }
    return heldBack
  }
}
