internal import Glibc

/// An open file: whole writes, exact reads, and errors that say what could not be done to which file.
struct DiskFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Creates a file that must not be there, readable by its owner alone.
  init(creating path: String) throws(ArchiveError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0 { throw .file(path, doing: "创建", "create", errno) }
  }

  /// Opens a regular file to read.
  init(reading path: String) throws(ArchiveError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw .file(path, doing: "打开", "open", errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ArchiveError(.unreadable, "\(path) 不是普通文件", "\(path) is no regular file")
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A child that another thread is starting has the descriptor too until it becomes another program; closing it here
    // would leave a lock with the child.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// How long the file is now.
  func size() throws(ArchiveError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path, doing: "查看", "look at", errno) }
    return Int(status.st_size)
  }

  /// Appends all of `bytes`.
  func write(_ bytes: [UInt8]) throws(ArchiveError) {
    var offset = 0
    while offset < bytes.count {
      // Safety: the pointer is used only inside the closure, within the array's bounds.
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .file(path, doing: "写入", "write", errno) }
      offset += count
    }
  }

  /// Reads exactly `count` bytes at `offset`.
  func read(at offset: Int, count: Int) throws(ArchiveError) -> [UInt8] {
    var done = 0
    var failure: Int32 = 0
    // Safety: `pread` writes inside the buffer's capacity and says how much of it is now initialised.
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while done < count {
        let got = pread(descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        done += got
      }
      initialized = done
    }
    if failure != 0 { throw .file(path, doing: "读取", "read", failure) }
    guard done == count else { throw .file(path, doing: "读取", "read", ENODATA) }
    return bytes
  }

  /// Puts everything written on disk; then lets go of the cached pages, so that the next read is of the disk.
  func synchronize() throws(ArchiveError) {
    guard fsync(descriptor) == 0 else { throw .file(path, doing: "写盘", "sync", errno) }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  }

  /// Takes the file's lock without waiting; false when another process or call has it.
  func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Opens a lock file, creating it when it is not there.
  init(locking path: String) throws(ArchiveError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0 { throw .file(path, doing: "打开", "open", errno) }
  }
}

extension ArchiveError {
  /// A file could not be dealt with.
  static func file(_ path: String, doing chinese: String, _ english: String, _ number: Int32) -> ArchiveError {
    let reason = String(cString: strerror(number))
    if number == ENOSPC || number == EDQUOT || number == EFBIG {
      return ArchiveError(
        .noSpace, "磁盘或配额已满，不能\(chinese) \(path)：\(reason)", "no space to \(english) \(path): \(reason)")
    }
    let code: Code =
      switch number {
      case ENOENT: .notFound
      case EACCES, EPERM, ELOOP, EIO: .unreadable
      default: .io
      }
    return ArchiveError(code, "不能\(chinese) \(path)：\(reason)", "cannot \(english) \(path): \(reason)")
  }
}
