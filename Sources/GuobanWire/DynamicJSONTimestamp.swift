internal import GuobanModel

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
      let date = try? CivilDate(year: Int(year), month: Int(month), day: Int(day)),
      let time = try? CivilDateTime(date, hour: Int(hour), minute: Int(minute), second: Int(second)),
      let nanos = Self.fraction(&rest), let offset = Self.offset(&rest), rest.isEmpty
    else { return nil }
    self.init(seconds: time.epochSeconds(in: .utc) - offset, nanos: nanos)
  }

  /// In UTC, with no, 3, 6 or 9 digits of fraction.
  var text: String {
    // The range of years, which both inits check, is that of the calendar.
    guard let time = try? CivilDateTime(epochSeconds: seconds, in: .utc) else { return "" }
    return "\(time)\(fractionText)Z"
  }

  private var fractionText: String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + zeroPadded(nanos / 1_000_000, 3) }
    if nanos % 1_000 == 0 { return "." + zeroPadded(nanos / 1_000, 6) }
    return "." + zeroPadded(nanos, 9)
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
}
