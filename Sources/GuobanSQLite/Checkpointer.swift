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
final class Checkpointer: Sendable {
  private enum Phase {
    case idle
    case moving
    /// The rest is the writer's.
    case movedMost
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
  /// Times `pages` that come at most while others are moved; then the writer waits.
  private static let backlog = 4

  /// - Parameter pages: that the log has when they are moved.
  init(path: String, pages: Int) throws {
    self.pages = pages
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
      if Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().committed(frames: Int(frames)) {
        // What cannot be moved now, for readers of an old view or for the disk's sake, is moved the next time.
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
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
      if frames < state.frames { state.due = pages }
      state.frames = frames
      switch state.phase {
      case .idle:
        guard frames >= state.due else { return .nothing }
        state.phase = .moving
        return .begin
      case .moving: return frames < state.due + Self.backlog * pages ? .nothing : .await
      case .movedMost:
        state.phase = .idle
        // Unless the log begins anew now: a reader keeps it from it, and may for long.
        state.due = frames + pages
        return .finish
      }
    }
  }

  private func moveMost() {
    // Once: a second time might find everything moved.
    try? connection.writeWithoutTransaction { db in
      _ = try db.checkpoint(.passive)
      Self.synchronize(db)
    }
    state.withLock { $0.phase = .movedMost }
  }

  /// Puts the database on disk, which SQLite leaves to whoever moves the last frame: the writer would wait for it. It does
  /// not hang on this; SQLite syncs again.
  ///
  /// Safety: SQLite's own descriptor, while no other thread uses the connection. Closing one of our own would let go of all of
  /// the process's locks on the file.
  private static func synchronize(_ db: Database) {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file else {
      return
    }
    _ = file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
  }

  /// Waits until nothing is moved here: while it is, no other connection can.
  func settle() { queue.sync {} }

  /// After the last commit.
  func close() throws {
    settle()
    try connection.close()
  }
}
