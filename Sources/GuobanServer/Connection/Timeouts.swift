internal import GuobanWire

/// The configured times in nanoseconds: a `Duration` costs a 128-bit division to add, too much for every call.
struct Timeouts {
  private let handshake: Int64
  private let frame: Int64
  private let idle: Int64
  private let callDefault: Int64
  private let callMax: Int64
  private let streamMax: Int64

  init(_ configuration: ServerConfiguration) {
    handshake = configuration.handshakeTimeout.wholeNanoseconds
    frame = configuration.frameTimeout.wholeNanoseconds
    idle = configuration.idleTimeout.wholeNanoseconds
    callMax = configuration.timeoutMax.wholeNanoseconds
    callDefault = min(configuration.timeoutDefault.wholeNanoseconds, callMax)
    streamMax = configuration.streamTimeoutMax.wholeNanoseconds
  }

  func handshakeEnd(_ openedAt: MonotonicTime) -> MonotonicTime { openedAt.advanced(byNanoseconds: handshake) }

  func frameEnd(_ beganAt: MonotonicTime) -> MonotonicTime { beganAt.advanced(byNanoseconds: frame) }

  func idleEnd(_ activeAt: MonotonicTime) -> MonotonicTime { activeAt.advanced(byNanoseconds: idle) }

  /// The deadline of a call that asked for so much time; 0 is the default.
  func callEnd(_ now: MonotonicTime, milliseconds: UInt32, isStreaming: Bool) -> MonotonicTime {
    let most = isStreaming ? streamMax : callMax
    if milliseconds == 0 { return now.advanced(byNanoseconds: isStreaming ? most : callDefault) }
    return now.advanced(byNanoseconds: min(Int64(milliseconds) * 1_000_000, most))
  }
}
