internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// The system's clock, in the forms that the daemon's parts take it in.
enum DaemonClock {
  /// Seconds since 1970.
  @Sendable static func epochSeconds() -> Int64 { timestamp().seconds }

  /// To the microsecond, for the change log.
  @Sendable static func timestamp() -> Google.Timestamp {
    let microseconds = Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down))
    return Google.Timestamp(seconds: microseconds / 1_000_000, nanos: Int32(microseconds % 1_000_000) * 1000)
  }

  /// A time as the log writes it: "2027-01-02T03:04:05Z".
  static func text(_ epochSeconds: Int64) -> String {
    (try? CivilDateTime(epochSeconds: epochSeconds, in: .utc)).map { "\($0)Z" } ?? "\(epochSeconds)"
  }

  /// The civil date in Asia/Shanghai; the calendar's last while the clock is set past it.
  @Sendable static func today() -> CivilDate {
    (try? CivilDate(epochSeconds: epochSeconds(), in: .shanghai)) ?? .last
  }
}
