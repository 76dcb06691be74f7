internal import CSQLiteSettings
internal import Dispatch
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Moves the write-ahead log into the database while the writer goes on.
///
/// A checkpoint writes what hundreds of commits have left, and waits for the disk. Another connection can do that, but not to
/// the end: frames keep coming, and the log begins anew only when all of them are moved. So it moves nearly all, and the writer
/// between two of its groups what has come meanwhile.
///
/// Debian 12's SQLite has the WAL-reset bug (https://sqlite.org/wal.html#walresetbug): a checkpoint that begins when everything
/// is moved does not notice that another connection begins the log anew at that moment. This one begins only after a commit,
/// of which nothing is moved yet, and nobody else moves anything until it ends; and the log cannot begin anew before.
///
/// What is moved in part SQLite does not put on disk, and it will not move it again. So nothing is moved, and nothing written,
/// after a failure of the disk, and the log stays: whoever opens the ledger next finds all of it there.
final class Checkpointer: Sendable {
  private enum Phase: Equatable {
    case idle
    case moving
    /// The writer moves the rest, so often at most.
    case finishing(left: Int)
    case failed
  }

  private struct State {
    var phase = Phase.idle
    /// Frames in the log.
    var frames = 0
    /// How many there are when the next checkpoint begins.
    var due: Int
  }

  private enum Step {
    case nothing, begin, await, finish
  }

  private let state: Mutex<State>
  private let pages: Int
  private let connection: DatabaseQueue
  private let queue = DispatchQueue(label: "guoban-checkpoint")
  private let moving: @Sendable (() throws -> Void) throws -> Void
  private let onFailure: @Sendable (DatabaseError) -> Void
  /// Times `pages` that come at most while others are moved; then the writer waits.
  private static let backlog = 4
  /// Commits after which the writer tries. Readers of an old view keep the log from beginning anew; most are done soon.
  private static let triesMax = 64

  /// - Parameters:
  ///   - pages: that the log has when they are moved.
  ///   - moving: does what it is given, which moves most of the log; tests see it happen, or fail.
  ///   - onFailure: hears that the disk has failed.
  init(
    path: String, pages: Int, moving: @escaping @Sendable (() throws -> Void) throws -> Void,
    onFailure: @escaping @Sendable (DatabaseError) -> Void
  ) throws {
    self.pages = pages
    self.moving = moving
    self.onFailure = onFailure
    state = Mutex(State(due: pages))
    var configuration = GRDB.Configuration()
    configuration.label = "guoban-checkpoint"
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF")
    }
    connection = try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Has the writer's connection tell of its commits, instead of moving the log itself.
  ///
  /// Safety: the caller keeps this object for as long as the connection writes.
  func watch(_ db: Database) {
    let committed: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, CInt) -> CInt = {
      context, connection, _, frames in
      guard let context else { return SQLITE_OK }
      let checkpointer = Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue()
      if checkpointer.committed(frames: Int(frames)) {
        checkpointer.note(sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil))
      }
      return SQLITE_OK
    }
    sqlite3_wal_hook(db.sqliteConnection, committed, Unmanaged.passUnretained(self).toOpaque())
  }

  /// After a commit; says whether the writer moves the rest.
  private func committed(frames: Int) -> Bool {
    switch step(frames) {
    case .nothing: return false
    case .begin:
      queue.async { self.moveMost() }
      return false
    case .await:
      settle()
      return step(frames) == .finish
    case .finish: return true
    }
  }

  private func step(_ frames: Int) -> Step {
    state.withLock { state in
      let isAnew = frames < state.frames
      state.frames = frames
      switch state.phase {
      case .failed: return .nothing
      case .moving: return frames < state.due + Self.backlog * pages ? .nothing : .await
      case .finishing(let left) where !isAnew && left > 0:
        state.phase = .finishing(left: left - 1)
        return .finish
      case .finishing:
        state.phase = .idle
        state.due = isAnew ? pages : frames + pages / 4
        return .nothing
      case .idle:
        if isAnew { state.due = pages }
        guard frames >= state.due else { return .nothing }
        state.phase = .moving
        return .begin
      }
    }
  }

  private func moveMost() {
    do {
      // Once: a second time might find everything moved.
      try moving {
        try connection.writeWithoutTransaction { db in
          _ = try db.checkpoint(.passive)
          // Here, and not by the writer, who would wait for it.
          try Self.synchronize(db)
        }
      }
    } catch {
      note((error as? DatabaseError)?.resultCode.rawValue ?? SQLITE_IOERR)
    }
    state.withLock { state in
      if state.phase == .moving { state.phase = .finishing(left: Self.triesMax) }
    }
  }

  /// Puts the database on disk.
  ///
  /// Safety: SQLite's own descriptor, while no other thread uses the connection. Closing one of our own would let go of all of
  /// the process's locks on the file.
  private static func synchronize(_ db: Database) throws {
    var file: UnsafeMutablePointer<sqlite3_file>?
    let found = sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_FILE_POINTER, &file)
    guard found == SQLITE_OK, let file else { throw DatabaseError(resultCode: .SQLITE_IOERR) }
    let synced = file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
    guard synced == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: synced)) }
  }

  /// What became of a checkpoint. One that could not be done, for readers' sake or for want of room, is done later.
  private func note(_ code: CInt) {
    let code = ResultCode(rawValue: code)
    guard code.primaryResultCode == .SQLITE_IOERR else { return }
    state.withLock { $0.phase = .failed }
    onFailure(DatabaseError(resultCode: code, message: "cannot move the log into the database"))
  }

  /// Waits until nothing is moved here: while it is, no other connection can.
  func settle() { queue.sync {} }

  /// After the last commit. True when the log is to be moved and removed; false when it must stay.
  func close() throws -> Bool {
    settle()
    let mayMove = state.withLock { $0.phase != .failed }
    if !mayMove { try connection.writeWithoutTransaction(Self.keepLog) }
    try connection.close()
    return mayMove
  }

  /// Has a connection leave the log as it is when it is closed.
  static func keepLog(_ db: Database) { guoban_sqlite_keep_log(db.sqliteConnection) }
}
