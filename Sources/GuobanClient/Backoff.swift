/// How long to wait before trying again: twice as long each time up to a bound, less a random part so that many clients
/// do not come back at the same moment.
public struct Backoff: Sendable, Hashable {
  /// The longest wait after the first failure.
  public var first: Duration
  /// No wait is longer than this.
  public var longest: Duration

  /// Waits that start at `first` and double up to `longest`.
  public init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// The wait after this many failures, 1 or more: between half and the whole of the bound.
  ///
  /// - Parameter random: from 0 to 1.
  public func delay(failures: Int, random: Double) -> Duration {
    let doublings = min(max(0, failures - 1), Self.doublingsMax)
    let bound = min(longest, first * (1 << doublings))
    return bound * (0.5 + 0.5 * min(max(0, random), 1))
  }

  /// Enough for any bound, and far from an overflow.
  private static let doublingsMax = 20
}
