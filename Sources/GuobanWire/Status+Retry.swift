public import GuobanMessages

extension Status {
  /// The same status with the time after which a retry is worth while (`google.rpc.RetryInfo`).
  public func retry(after delay: Duration) -> Status {
    let (seconds, attoseconds) = delay.components
    return adding(
      Google.RetryInfo(
        retryDelay: Google.Duration(seconds: seconds, nanos: Int32(clamping: attoseconds / 1_000_000_000))))
  }

  /// When a retry is worth while, if the status says so; never negative.
  public func retryDelay(limits: DecodeLimits) -> Duration? {
    guard let delay = detail(Google.RetryInfo.self, limits: limits)?.retryDelay else { return nil }
    return max(.zero, .seconds(delay.seconds) + .nanoseconds(Int64(delay.nanos)))
  }
}
