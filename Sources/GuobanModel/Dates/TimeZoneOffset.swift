/// A fixed distance from UTC: the ledger needs no time zone database.
///
/// China has kept +08:00 without summer time since 1991, so `Asia/Shanghai` is a constant here.
public struct TimeZoneOffset: Hashable, Sendable, CustomStringConvertible {
  /// East of UTC is positive.
  public let seconds: Int

  public static let utc = TimeZoneOffset(checkedSeconds: 0)
  /// `Asia/Shanghai`: UTC + 8 hours.
  public static let shanghai = TimeZoneOffset(checkedSeconds: 8 * 3600)
  /// ±18 hours, ISO 8601's practical bound.
  public static let secondsMax = 18 * 3600

  private init(checkedSeconds seconds: Int) { self.seconds = seconds }

  /// `Asia/Shanghai`, `UTC`, `Z`, or a fixed offset `+08:00`.
  /// - Throws: `TIME_ZONE`
  public init(_ text: String) throws(RuleViolation) {
    switch text {
    case "Asia/Shanghai": self = .shanghai
    case "UTC", "Z": self = .utc
    default:
      guard let seconds = Self.seconds(of: text) else {
        let shown = RuleViolation.quoted(text)
        throw RuleViolation(
          rule: "TIME_ZONE",
          message: "时区 \(shown) 应为 Asia/Shanghai、UTC 或固定偏移，如 +08:00",
          englishMessage: "time zone \(shown) must be Asia/Shanghai, UTC, or a fixed offset such as +08:00")
      }
      self.init(checkedSeconds: seconds)
    }
  }

  private static func seconds(of text: String) -> Int? {
    let bytes = Array(text.utf8.prefix(7))
    guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
      bytes[3] == UInt8(ascii: ":"),
      let hours = isoNumbers(String(decoding: bytes[1...2], as: UTF8.self), 2)?.0,
      let minutes = isoNumbers(String(decoding: bytes[4...5], as: UTF8.self), 2)?.0, minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    guard seconds <= secondsMax else { return nil }
    return bytes[0] == UInt8(ascii: "-") ? -seconds : seconds
  }

  public var description: String {
    let minutes = abs(seconds) / 60
    return (seconds < 0 ? "-" : "+") + zeroPadded(minutes / 60, 2) + ":" + zeroPadded(minutes % 60, 2)
  }
}
