internal import GuobanWire

/// What the server tells a connection.
enum ConnectionEvent: Sendable {
  /// Take no more calls; close when those that run are answered.
  case drain
  /// Say why, and close.
  case sendAway(Status)
  /// See whether the caller may still be here.
  case checkAccess
}
