internal import GRDB
internal import GuobanStorage
internal import Synchronization

/// Reads a whole database file to see that its structure is sound, on a connection of its own, until it is cancelled.
final class StructureCheck: Sendable {
  private let state = Mutex(State())

  private struct State {
    var connection: DatabaseQueue?
    var isCancelled = false
  }

  /// Database pages that the check keeps: it reads each once.
  private static let cacheKiB = 2048

  /// Throws ``StorageError/Code/corrupted`` when it is not sound. False when it was cancelled.
  func run(path: String) throws -> Bool {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let connection = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? connection.close() }
    let isCancelled = state.withLock { state in
      state.connection = connection
      return state.isCancelled
    }
    defer { state.withLock { $0.connection = nil } }
    if isCancelled { return false }
    do {
      try connection.read { db in
        try db.execute(sql: "PRAGMA cache_size = -\(Self.cacheKiB)")
        try Self.run(db)
      }
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
      return false
    }
  }

  /// Ends the check that runs, and lets no other begin.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.connection?.interrupt()
    }
  }

  /// Throws ``StorageError/Code/corrupted`` when the database that `db` has open is not sound.
  static func run(_ db: Database) throws {
    let problems = try db.texts("PRAGMA quick_check(3)")
    guard problems == ["ok"] else {
      throw StorageError(
        .corrupted,
        "the ledger file is damaged: keep it, and restore the last snapshot into an empty directory ("
          + problems.joined(separator: "; ") + ")")
    }
  }
}
