internal import GuobanMessages
internal import GuobanWire

extension Status {
  /// Whether the server says that it has not begun with the call: it was draining, or had no stream free.
  func saysNotRun(limits: DecodeLimits) -> Bool {
    guard code == .unavailable || code == .resourceExhausted, let reason = reason(limits: limits) else { return false }
    return Self.reasonsNotRun.contains(reason)
  }

  private static let reasonsNotRun: Set = ["DRAINING", "STREAMS_MAX"]
}
