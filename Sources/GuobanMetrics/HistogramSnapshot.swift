/// What a histogram held at one moment.
public struct HistogramSnapshot: Sendable, Equatable {
  /// Upper bounds of all buckets but the last, which has none.
  public var bounds: [UInt64]
  /// One more than bounds; not cumulative.
  public var counts: [UInt64]
  /// Of all values.
  public var sum: UInt64

  /// Puts a snapshot together; counts that do not fit the bounds are cut or filled with zeros.
  public init(bounds: [UInt64], counts: [UInt64], sum: UInt64) {
    self.bounds = bounds
    self.counts = (0...bounds.count).map { $0 < counts.count ? counts[$0] : 0 }
    self.sum = sum
  }

  /// How many values there were.
  public var count: UInt64 { counts.reduce(0, &+) }

  /// What came after `earlier`, a snapshot of the same histogram. One of another histogram, or of an earlier life of the
  /// daemon, takes nothing away.
  public func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
    guard earlier.bounds == bounds, earlier.sum <= sum, zip(earlier.counts, counts).allSatisfy(<=) else { return self }
    return HistogramSnapshot(
      bounds: bounds, counts: zip(counts, earlier.counts).map { $0 - $1 }, sum: sum - earlier.sum)
  }

  /// The value that a share of all values does not exceed, estimated as Prometheus does it (`histogram_quantile`):
  /// linearly inside the bucket; nil when there are none. In the last bucket it is the last bound.
  public func quantile(_ share: Double) -> Double? {
    let total = count
    guard total > 0, !bounds.isEmpty else { return nil }
    let rank = min(max(share, 0), 1) * Double(total)
    var below: Double = 0
    for (index, bound) in bounds.enumerated() {
      let inside = Double(counts[index])
      if below + inside >= rank, inside > 0 {
        let start = index == 0 ? 0 : Double(bounds[index - 1])
        return start + (Double(bound) - start) * (rank - below) / inside
      }
      below += inside
    }
    return bounds.last.map { Double($0) }
  }
}
