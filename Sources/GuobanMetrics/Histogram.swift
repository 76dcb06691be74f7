/// Counts durations by size, in rows (such as methods) that share their bounds. Any thread may record.
public final class HistogramTable: Sendable {
  /// The upper bounds of the buckets, ascending; one more bucket takes what is longer.
  public let bounds: HistogramBounds
  public let rows: Int
  private let cells: StripedCells

  /// Nothing recorded.
  public init(rows: Int, bounds: HistogramBounds) {
    self.rows = rows
    self.bounds = bounds
    cells = StripedCells(count: rows * (bounds.values.count + 2))
  }

  /// Records one value. A row that is not there is ignored.
  public func record(_ value: UInt64, row: Int = 0) {
    guard row >= 0, row < rows else { return }
    let first = row * (bounds.values.count + 2)
    cells.add(1, to: first + bounds.bucket(of: value))
    cells.add(value, to: first + bounds.values.count + 1)
  }

  /// What was recorded so far in one row.
  public func snapshot(row: Int = 0) -> HistogramSnapshot {
    let width = bounds.values.count + 2
    return HistogramSnapshot(
      bounds: bounds.values, counts: (0..<(width - 1)).map { cells.sum(row * width + $0) },
      sum: cells.sum(row * width + width - 1))
  }
}

/// Where the buckets of a histogram end.
public struct HistogramBounds: Sendable, Equatable {
  /// Ascending, each the largest value of its bucket.
  public let values: [UInt64]

  /// Bounds that are not ascending are our bug.
  public init(_ values: [UInt64]) {
    precondition(zip(values, values.dropFirst()).allSatisfy(<), "bounds must ascend")
    self.values = values
  }

  /// The bucket that a value falls into.
  func bucket(of value: UInt64) -> Int {
    var low = 0
    var high = values.count
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Durations in nanoseconds, 10 µs … 10 s in steps of 1–2.5–5: the ladder of the Prometheus client libraries' default
  /// buckets (client_golang `DefBuckets`, 5 ms … 10 s), carried on downwards, because a call that the cache answers takes
  /// tens of microseconds and a commit less than a millisecond.
  public static let durations = HistogramBounds(
    (4...9).flatMap { power in
      let unit = (0..<power).reduce(UInt64(1)) { value, _ in value * 10 }
      return [unit, unit * 5 / 2, unit * 5]
    } + [10_000_000_000])

  /// Small numbers, such as the requests of a commit group: powers of two up to its largest default.
  public static let counts = HistogramBounds((0...9).map { 1 << $0 })
}
