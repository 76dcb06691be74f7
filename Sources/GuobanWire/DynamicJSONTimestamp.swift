/// A time as RFC 3339 writes it, from year 1 to 9999, to the nanosecond.
struct DynamicJSONTimestamp: Equatable {
  /// Since 1970-01-01T00:00:00Z.
  let seconds: Int64
  /// 0…999 999 999, always forward in time.
  let nanos: Int64

  private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  init?(seconds: Int64, nanos: Int64) {
    guard Self.range.contains(seconds), (0..<1_000_000_000).contains(nanos) else { return nil }
    self.seconds = seconds
    self.nanos = nanos
  }

  /// Reads `2023-06-30T08:00:00.5+08:00`; the fraction may have one to nine digits, the zone is required.
  init?(text: String) {
    var rest = Array(text.utf8)[...]
    guard let year = Self.number(&rest, digits: 4, then: "-"), let month = Self.number(&rest, digits: 2, then: "-"),
      let day = Self.number(&rest, digits: 2, then: "T"), let hour = Self.number(&rest, digits: 2, then: ":"),
      let minute = Self.number(&rest, digits: 2, then: ":"), let second = Self.number(&rest, digits: 2, then: nil),
      (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60,
      second < 60, let nanos = Self.fraction(&rest), let offset = Self.offset(&rest), rest.isEmpty
    else { return nil }
    let days = Self.daysSinceEpoch(year, month, day)
    self.init(seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanos: nanos)
  }

  /// In UTC, with no, 3, 6 or 9 digits of fraction.
  var text: String {
    let days = (Double(seconds) / 86_400).rounded(.down)
    let second = seconds - Int64(days) * 86_400
    let (year, month, day) = Self.civil(daysSinceEpoch: Int64(days))
    let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    let time =
      "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
    return "\(date)T\(time)\(fractionText)Z"
  }

  private var fractionText: String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + Self.padded(nanos / 1_000_000, 3) }
    if nanos % 1_000 == 0 { return "." + Self.padded(nanos / 1_000, 6) }
    return "." + Self.padded(nanos, 9)
  }

  private static func padded(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, then mark: Unicode.Scalar?) -> Int64? {
    guard rest.count >= digits else { return nil }
    var value: Int64 = 0
    for byte in rest.prefix(digits) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    rest = rest.dropFirst(digits)
    guard let mark else { return value }
    guard let next = rest.popFirst(), next == UInt8(ascii: mark) || (mark == "T" && next == UInt8(ascii: "t")) else {
      return nil
    }
    return value
  }

  private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard rest.first == UInt8(ascii: ".") else { return 0 }
    rest = rest.dropFirst()
    var digits = 0
    var value: Int64 = 0
    while let digit = number(&rest, digits: 1, then: nil) {
      digits += 1
      if digits > 9 { return nil }
      value = value * 10 + digit
    }
    guard digits > 0 else { return nil }
    for _ in digits..<9 { value *= 10 }
    return value
  }

  /// Seconds east of UTC.
  private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    switch rest.popFirst() {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
    case UInt8(ascii: "+"): return clock(&rest)
    case UInt8(ascii: "-"): return clock(&rest).map { -$0 }
    default: return nil
    }
  }

  private static func clock(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard let hour = number(&rest, digits: 2, then: ":"), let minute = number(&rest, digits: 2, then: nil), hour < 24,
      minute < 60
    else { return nil }
    return hour * 3_600 + minute * 60
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil, for years from 0.
  private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = year - (month <= 2 ? 1 : 0)
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The same source's civil_from_days, for days from 0000-03-01.
  private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
  }
}
