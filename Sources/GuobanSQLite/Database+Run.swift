internal import GRDB
internal import GRDBSQLite
internal import GuobanStorage

/// The current row of a running statement.
///
/// Safety: valid only inside the closure that ``GRDB/Database/run(_:_:isCached:row:)`` hands it to; nothing stores it.
struct SQLRow {
  fileprivate let statement: OpaquePointer

  func integer(_ index: Int) -> Int64 {
    sqlite3_column_int64(statement, CInt(index))
  }

  func text(_ index: Int) -> String {
    String(decoding: buffer(index), as: UTF8.self)
  }

  func blob(_ index: Int) -> [UInt8] {
    [UInt8](buffer(index))
  }

  func value(_ index: Int) -> SQLValue {
    switch sqlite3_column_type(statement, CInt(index)) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer(integer(index))
    case SQLITE_BLOB: .blob(blob(index))
    default: .text(text(index))
    }
  }

  private func buffer(_ index: Int) -> UnsafeRawBufferPointer {
    // SQLite asks for the pointer before the size: fetching it may convert the value.
    let start = sqlite3_column_blob(statement, CInt(index))
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, CInt(index))))
  }
}

extension Database {
  /// Runs one statement with bound parameters and hands over its rows.
  ///
  /// It steps the statement itself: GRDB's own path costs several microseconds a call in services that the ledger does
  /// not use. `isCached` keeps the statement compiled; pass false for text that callers shape, which would pile up.
  /// `row` must not run the same cached statement.
  func run(_ sql: String, _ values: [SQLValue], isCached: Bool, row: (SQLRow) throws -> Void = { _ in }) throws {
    try run(sql, isCached: isCached, bind: { parameters in for value in values { parameters.add(value) } }, row: row)
  }

  /// The same, with parameters that `bind` adds in their order: no array of them is made.
  func run(
    _ sql: String, isCached: Bool, bind: (inout SQLParameters) throws -> Void, row: (SQLRow) throws -> Void = { _ in }
  ) throws {
    let prepared = isCached ? try cachedStatement(sql: sql) : try makeStatement(sql: sql)
    let statement = prepared.sqliteStatement
    // Safety: statements stay bound to the space only until the bindings are cleared, before it is given back.
    try withUnsafeTemporaryAllocation(byteCount: SQLParameters.spaceBytes, alignment: 1) { space in
      defer {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
      }
      var parameters = SQLParameters(of: statement, in: space)
      try bind(&parameters)
      try check(parameters.code, sql)
      guard sqlite3_bind_parameter_count(statement) == parameters.count else {
        throw StorageError(.invalidQuery, "a statement has other parameters than it was given: \(sql)")
      }
      while true {
        let code = sqlite3_step(statement)
        if code == SQLITE_DONE { return }
        guard code == SQLITE_ROW else { return try check(code, sql) }
        try row(SQLRow(statement: statement))
      }
    }
  }

  /// Has statements in `body` end with SQLITE_INTERRUPT soon after `isCancelled` says so.
  func giveUp<Value>(when isCancelled: (() -> Bool)?, _ body: () throws -> Value) rethrows -> Value {
    guard let isCancelled else { return try body() }
    let question = Question(isCancelled)
    let asks: @convention(c) (UnsafeMutableRawPointer?) -> CInt = { pointer in
      guard let pointer else { return 0 }
      // Safety: the question lives until the handler is taken off.
      return Unmanaged<Question>.fromOpaque(pointer).takeUnretainedValue().isCancelled() ? 1 : 0
    }
    return try withExtendedLifetime(question) {
      sqlite3_progress_handler(
        sqliteConnection, Self.stepsPerQuestion, asks, Unmanaged.passUnretained(question).toOpaque())
      defer { sqlite3_progress_handler(sqliteConnection, 0, nil, nil) }
      return try body()
    }
  }

  /// Of SQLite's virtual machine: some tenths of a millisecond.
  private static var stepsPerQuestion: CInt { 10_000 }

  private final class Question {
    let isCancelled: () -> Bool

    init(_ isCancelled: @escaping () -> Bool) {
      self.isCancelled = isCancelled
    }
  }

  /// The integer in the first column of the only row, or nil.
  func integer(_ sql: String, _ values: [SQLValue] = []) throws -> Int64? {
    var result: Int64?
    try run(sql, values, isCached: false) { result = $0.integer(0) }
    return result
  }

  /// The text in the first column of each row.
  func texts(_ sql: String, _ values: [SQLValue] = []) throws -> [String] {
    var result: [String] = []
    try run(sql, values, isCached: false) { result.append($0.text(0)) }
    return result
  }

  /// Sets what the table `meta` says under a name.
  func setMeta(_ name: String, _ value: String) throws {
    try run(
      "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [.text(name), .text(value)], isCached: true)
  }

  /// Rows that the last statement inserted, updated or deleted.
  var lastChangesCount: Int { Int(sqlite3_changes(sqliteConnection)) }

  private func check(_ code: CInt, _ sql: String) throws {
    guard code != SQLITE_OK else { return }
    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage, sql: sql)
  }
}
