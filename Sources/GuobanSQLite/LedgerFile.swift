internal import GRDB
internal import Glibc
internal import GuobanStorage

/// The database file before SQLite opens it for good: a file that is not a ledger is refused untouched.
struct LedgerFile {
  /// "GBAN": what `file` and SQLite itself can tell a ledger by.
  static let applicationID: UInt32 = 0x4742_414e
  /// Its name in the data directory.
  static let name = "ledger.sqlite"

  /// Bytes of SQLite's header, and where the application id stands in it.
  private static let headerBytes = 100
  private static let applicationIDOffset = 68
  private static let magic = Array("SQLite format 3\0".utf8)

  let path: String

  /// Makes sure that the file is a ledger, creating an empty one where there is none.
  func prepare() throws {
    // Personal data: readable by the owner alone. SQLite gives its -wal and -shm files the same mode.
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StorageError(.io, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    var header = [UInt8](repeating: 0, count: Self.headerBytes)
    let count = pread(descriptor, &header, header.count, 0)
    close(descriptor)
    guard count >= 0 else { throw StorageError(.io, "cannot read \(path)") }
    if count == 0 { return try create() }
    guard count == Self.headerBytes, header.starts(with: Self.magic) else {
      throw StorageError(.corrupted, "\(path) is not an SQLite database")
    }
    let id = header[Self.applicationIDOffset...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard id == Self.applicationID else {
      throw StorageError(.corrupted, "\(path) is an SQLite database, but not a ledger; it was left as it is")
    }
  }

  /// The id is written in rollback-journal mode, so that it stands in the file itself from the first commit on.
  private func create() throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
    }
    try queue.close()
    // The name must be on disk as well: without it everything acknowledged later is lost.
    let directory = open(String(path.dropLast(Self.name.count)), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw StorageError(.io, "cannot open the directory of \(path)") }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw StorageError(.io, "cannot sync the directory of \(path)") }
  }
}
