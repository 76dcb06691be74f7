public import Logging
internal import Synchronization

/// The level below which nothing is logged, for all loggers at once; can be changed while they are in use.
public final class LogThreshold: Sendable {
  private let value: Atomic<Int>

  /// `level`: "info", as the configuration has it.
  public init(_ level: String) {
    value = Atomic(Self.number(level))
  }

  /// The level now.
  public var level: Logger.Level { Logger.Level.allCases[value.load(ordering: .relaxed)] }

  /// From the next event on.
  public func set(_ level: String) { value.store(Self.number(level), ordering: .relaxed) }

  private static func number(_ level: String) -> Int {
    Logger.Level.allCases.firstIndex { $0.rawValue == level } ?? Logger.Level.allCases.firstIndex(of: .info) ?? 0
  }
}
