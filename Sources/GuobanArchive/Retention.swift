internal import GuobanModel

/// Which snapshots stay: the newest few, and the newest of each of the last days, weeks and months that have one.
///
/// Pure: decides about ids, removes nothing.
public struct Retention: Sendable, Hashable {
  /// At least 1: the newest always stays.
  public var last: Int
  public var daily: Int
  public var weekly: Int
  public var monthly: Int
  /// Local time minus UTC: where days begin.
  public var zoneOffsetSeconds: Int

  /// Describes what stays.
  public init(last: Int, daily: Int, weekly: Int, monthly: Int, zoneOffsetSeconds: Int) {
    self.last = max(1, last)
    self.daily = daily
    self.weekly = weekly
    self.monthly = monthly
    self.zoneOffsetSeconds = zoneOffsetSeconds
  }

  /// The ids that need not stay, oldest first.
  public func expired(_ ids: [SnapshotID]) -> [SnapshotID] {
    let newestFirst = ids.sorted(by: >)
    var kept = Set(newestFirst.prefix(last))
    let day: Int64 = 86_400
    let offset = Int64(zoneOffsetSeconds)
    kept.formUnion(newest(of: newestFirst, periods: daily) { Self.floor($0.epochSeconds + offset, day) })
    // 1970-01-01 was a Thursday: three days before it a week began.
    kept.formUnion(newest(of: newestFirst, periods: weekly) { Self.floor($0.epochSeconds + offset + 3 * day, 7 * day) })
    kept.formUnion(newest(of: newestFirst, periods: monthly) { Self.month($0.epochSeconds + offset) })
    return newestFirst.reversed().filter { !kept.contains($0) }
  }

  private func newest(of newestFirst: [SnapshotID], periods: Int, period: (SnapshotID) -> Int64) -> [SnapshotID] {
    var seen: Set<Int64> = []
    return newestFirst.filter { seen.count < periods && seen.insert(period($0)).inserted }
  }

  private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
    value >= 0 ? value / unit : (value - unit + 1) / unit
  }

  private static func month(_ localSeconds: Int64) -> Int64 {
    guard let time = try? CivilDateTime(epochSeconds: localSeconds, in: .utc) else { return 0 }
    return Int64(time.date.year * 12 + time.date.month)
  }
}
