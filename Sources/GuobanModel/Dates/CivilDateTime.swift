/// A date and a wall clock time to the second, without a zone: a zone is given where it meets epoch seconds.
public struct CivilDateTime: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let date: CivilDate
  public let hour: Int
  public let minute: Int
  public let second: Int

  /// - Throws: `TIME_RANGE` outside 00:00:00…23:59:59.
  public init(_ date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0) throws(RuleViolation) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else {
      throw RuleViolation(
        rule: "TIME_RANGE",
        message: "时间 \(hour):\(minute):\(second) 不存在，应在 00:00:00–23:59:59 之间",
        englishMessage: "there is no time \(hour):\(minute):\(second)")
    }
    self.date = date
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// What clocks show at this moment in a zone.
  /// - Throws: `DATE_RANGE` outside years 1…9999.
  public init(epochSeconds: Int64, in zone: TimeZoneOffset) throws(RuleViolation) {
    let (local, overflow) = epochSeconds.addingReportingOverflow(Int64(zone.seconds))
    let total = overflow ? Int64.max : local
    let day = total >= 0 ? total / 86_400 : (total + 1) / 86_400 - 1
    date = try CivilDate(daysSinceEpoch: Int(day))
    let rest = Int(total - day * 86_400)
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
  }

  /// Seconds since 1970-01-01T00:00:00Z.
  public func epochSeconds(in zone: TimeZoneOffset) -> Int64 {
    Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second - zone.seconds)
  }

  /// `2023-06-30T08:05:00`
  public var text: String {
    "\(date)T\(zeroPadded(hour, 2)):\(zeroPadded(minute, 2)):\(zeroPadded(second, 2))"
  }

  public var description: String { text }

  public static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
    (left.date, left.hour, left.minute, left.second) < (right.date, right.hour, right.minute, right.second)
  }
}

extension CivilDate {
  /// Today, for a clock that says this many seconds since the epoch.
  public init(epochSeconds: Int64, in zone: TimeZoneOffset) throws(RuleViolation) {
    self = try CivilDateTime(epochSeconds: epochSeconds, in: zone).date
  }
}
