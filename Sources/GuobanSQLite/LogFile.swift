internal import Glibc
internal import GuobanStorage

/// The write-ahead log beside the database, to be put on disk by somebody else than the thread that writes it.
///
/// SQLite takes its locks on the database and on `-shm`: closing this descriptor lets go of none.
struct LogFile: ~Copyable {
  private let path: String
  let descriptor: Int32

  /// - Parameter database: its path. The log stays the same file while the database has connections.
  init(of database: String) throws(StorageError) {
    path = database + "-wal"
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      throw StorageError(.io, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Puts on disk whatever has been written to the log, by whichever descriptor.
  func synchronize() throws(StorageError) {
    guard fdatasync(descriptor) == 0 else {
      throw StorageError(.io, "cannot put \(path) on disk: \(String(cString: strerror(errno)))")
    }
  }
}
