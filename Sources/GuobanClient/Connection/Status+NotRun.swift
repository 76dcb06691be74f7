internal import GuobanMessages
internal import GuobanWire

extension Status {
  /// Whether the server says that it has not begun with the call: it was draining, or a limit was reached before.
  func saysNotRun(limits: DecodeLimits) -> Bool {
    guard code == .unavailable || code == .resourceExhausted, let reason = reason(limits: limits) else { return false }
    return Self.reasonsNotRun.contains(reason)
  }

  /// The same as UNAVAILABLE and without details: what a call hears of a connection that ended for this.
  var asUnavailable: Status { Status(.unavailable, message, englishMessage, cause: cause) }

  private static let reasonsNotRun: Set = ["CALLS_MAX", "DRAINING", "REQUESTS_PER_SECOND_MAX", "STREAMS_MAX"]
}
