internal import GRDB
internal import GuobanStorage

extension StorageError {
  /// What a failure of the engine means to whoever must act. Other errors pass unchanged.
  static func translating(_ error: any Error) -> any Error {
    guard let failure = error as? DatabaseError else { return error }
    return switch failure.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      StorageError(
        .corrupted, "台账文件已损坏：请保留它，并把最近的快照恢复到空目录",
        "the ledger file is damaged: keep it, and restore the last snapshot into an empty directory",
        cause: failure)
    case .SQLITE_FULL:
      StorageError(.diskFull, "the disk is full: nothing was written", cause: failure)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      StorageError(.io, "another program has the ledger file locked", cause: failure)
    case .SQLITE_INTERRUPT:
      StorageError(
        .cancelled, "已没有人等这个结果，读取已放弃", "nobody waits for the answer any more: the reading was given up", cause: nil)
    case .SQLITE_TOOBIG:
      StorageError(.tooLarge, "有一个值大得 SQLite 存不下", "a value is larger than SQLite can hold", cause: failure)
    case .SQLITE_MISUSE where failure.message == "Connection is closed":
      StorageError(.closed, "the store is closed", cause: nil)
    default:
      StorageError(.io, "the ledger file could not be read or written", cause: failure)
    }
  }

  /// The disk failed.
  static func stopped(_ code: Code, cause: any Error) -> StorageError {
    StorageError(code, "writing stopped after a failure of the disk; restart the daemon", cause: cause)
  }

  /// Runs `body` and translates what it throws.
  static func translated<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw translating(error)
    }
  }
}
