internal import GuobanWire

/// Whether a call may be sent again after it failed.
///
/// A call that the daemon surely has not begun with may be sent again whatever it does: nobody listened, or the daemon said
/// so when it went away. Anything else is sent again only when running twice does no harm.
public struct Retry: Sendable, Hashable {
  private enum Wrapped { case never, whenSafe, idempotent }

  private let wrapped: Wrapped

  /// Never, not even when the daemon has not begun with it.
  public static let never = Retry(wrapped: .never)

  /// When the daemon has not begun with it; and also after it may have run when the method only reads (``verbs``), or
  /// when the message has a `request_id`, by which the daemon knows a repeated request and answers as it did first.
  public static let whenSafe = Retry(wrapped: .whenSafe)

  /// The caller knows that running this call twice is the same as running it once.
  public static let idempotent = Retry(wrapped: .idempotent)

  /// Methods whose names begin with one of these change nothing.
  public static let verbs = ["BatchGet", "Check", "Describe", "Get", "List", "Verify"]

  /// Whether a call may run twice.
  func allowsTwice(method: String, hasRequestID: () -> Bool) -> Bool {
    switch wrapped {
    case .never: false
    case .idempotent: true
    case .whenSafe: Self.onlyReads(method) || hasRequestID()
    }
  }

  var isAllowed: Bool { wrapped != .never }

  /// Whether a method's name says that it only reads: the verb, and then a capital letter or nothing.
  static func onlyReads(_ method: String) -> Bool {
    let name = method.split(separator: "/").last ?? ""
    return verbs.contains { verb in
      name.hasPrefix(verb) && (name.dropFirst(verb.count).first?.isUppercase ?? true)
    }
  }
}

/// Decides about one failure of a call.
struct RetryDecision {
  var configuration: ClientConfiguration
  /// Which attempt failed, 1 for the first.
  var attempt: Int
  var failure: CallFailure
  var retry: Retry
  /// Whether the call may run twice.
  var isSafeTwice: Bool
  /// The time that is left for the call.
  var timeLeft: Duration

  /// How long to wait before the next attempt; nil when there is to be none.
  func delay(random: Double) -> Duration? {
    guard retry.isAllowed, attempt < configuration.attemptsMax, failure.isNotRun || isSafeTwice && mayPass else {
      return nil
    }
    // A daemon that is going away has sent the call on to the next one: there is nothing to wait for.
    let isSentOn = failure.isNotRun && failure.retryAfter == nil && failure.status.code == .unavailable && attempt == 1
    let backoff = isSentOn ? .zero : configuration.retryBackoff.delay(failures: attempt, random: random)
    let delay = max(backoff, failure.retryAfter ?? .zero)
    return delay < timeLeft ? delay : nil
  }

  /// Whether the same call may well succeed later.
  private var mayPass: Bool {
    switch failure.status.code {
    case .unavailable: true
    case .resourceExhausted: failure.retryAfter != nil
    default: false
    }
  }
}
