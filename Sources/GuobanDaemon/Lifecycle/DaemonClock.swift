internal import Glibc
internal import GuobanMessages
internal import GuobanModel

/// The system's clock, in the forms that the daemon's parts take it in.
enum DaemonClock {
  /// Seconds since 1970.
  @Sendable static func epochSeconds() -> Int64 { timestamp().seconds }

  /// With nanoseconds, for the change log.
  @Sendable static func timestamp() -> Google.Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Google.Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
  }

  /// The civil date in Asia/Shanghai.
  @Sendable static func today() -> CivilDate {
    guard let date = try? CivilDate(epochSeconds: epochSeconds(), in: .shanghai) else {
      preconditionFailure("the system clock is outside the years 1…9999")
    }
    return date
  }
}
