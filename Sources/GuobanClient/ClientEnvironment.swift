public import GuobanWire

/// Time and chance, as parameters: a test gives its own.
public struct ClientEnvironment: Sendable {
  /// The moment it is.
  public var now: @Sendable () -> MonotonicTime
  /// A number from 0 to 1, for the spread of waits.
  public var random: @Sendable () -> Double
  /// Waits so long; throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void

  /// The machine's clock and the system's chance, unless others are given.
  public init(
    now: @escaping @Sendable () -> MonotonicTime = { .now() },
    random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.now = now
    self.random = random
    self.sleep = sleep
  }
}
