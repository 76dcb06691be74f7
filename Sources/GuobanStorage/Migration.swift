/// One step of a backend's storage layout. Steps are numbered 1, 2, 3…, only ever added, and never undone.
public struct Migration: Sendable, Equatable {
  /// The layout's version after this step.
  public var number: Int
  /// For logs: "change log".
  public var name: String
  /// In the backend's own language, run in one transaction.
  public var statements: [String]

  /// Describes a step.
  public init(number: Int, name: String, statements: [String]) {
    self.number = number
    self.name = name
    self.statements = statements
  }

  /// The steps that take a layout of version `current` to the newest one, in order.
  ///
  /// A layout newer than the last step is refused with ``StorageError/Code/newerSchema``.
  public static func pending(in all: [Migration], from current: Int) throws(StorageError) -> [Migration] {
    precondition(zip(all, 1...).allSatisfy { $0.number == $1 }, "migrations are numbered 1, 2, 3…")
    guard (0...all.count).contains(current) else {
      throw StorageError(
        .newerSchema,
        "the ledger has storage version \(current), this program knows up to \(all.count): "
          + "run the newer guoband that wrote it, or restore a snapshot into an empty directory")
    }
    return Array(all[current...])
  }
}
