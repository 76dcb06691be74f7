public import NIOCore

/// A moment on this machine's monotonic clock: what state machines see instead of a clock.
///
/// The same clock as NIO's deadlines. Arithmetic saturates, so that a peer's numbers cannot overflow it.
///
/// ```swift
/// let deadline = MonotonicTime.now() + .seconds(5)
/// ```
public struct MonotonicTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since a fixed but unknown moment, such as the start of the machine.
  public let nanoseconds: UInt64

  /// A moment that a test chooses, or that was kept as a number.
  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// This moment.
  public static func now() -> MonotonicTime { MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds) }

  /// Later than every other: a deadline that does not come.
  public static let distantFuture = MonotonicTime(nanoseconds: UInt64(Int64.max))

  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

  /// So much later, or earlier when negative. On hot paths ``advanced(byNanoseconds:)`` is cheaper.
  public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    time.advanced(byNanoseconds: duration.wholeNanoseconds)
  }

  /// How much later the first is; negative when it is earlier.
  public static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
    .nanoseconds(left.nanoseconds(since: right))
  }

  /// So much later, or earlier when negative.
  public func advanced(byNanoseconds count: Int64) -> MonotonicTime {
    let (sum, isOver) = Int64(clamping: nanoseconds).addingReportingOverflow(count)
    return MonotonicTime(nanoseconds: isOver ? UInt64(Int64.max) : UInt64(max(0, sum)))
  }

  /// How much later this is; negative when it is earlier.
  public func nanoseconds(since other: MonotonicTime) -> Int64 {
    // Neither number is negative, so the difference fits.
    Int64(clamping: nanoseconds) - Int64(clamping: other.nanoseconds)
  }
}

extension MonotonicTime {
  /// The same moment as NIO's event loops take it.
  public var deadline: NIODeadline { .uptimeNanoseconds(nanoseconds) }

  /// The same moment as a state machine takes it.
  public init(_ deadline: NIODeadline) { self.init(nanoseconds: deadline.uptimeNanoseconds) }
}

extension Duration {
  /// Nanoseconds, cut to a whole number and to what 64 bits hold.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isOver else { return seconds < 0 ? .min : .max }
    let (sum, isOverToo) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    guard !isOverToo else { return seconds < 0 ? .min : .max }
    return sum
  }

  /// Milliseconds for the wire, where a number is 32 bits wide and not negative.
  public var wholeMilliseconds: UInt32 { UInt32(clamping: wholeNanoseconds / 1_000_000) }
}
