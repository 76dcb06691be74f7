internal import Glibc

/// The right to use a data directory, held by one process at a time.
///
/// The lock is the kernel's (`flock`), so it vanishes with its process however that ends; the file `lock` stays and names
/// the last holder. Whoever opens a store must hold the lock, so that nobody forgets.
public final class DirectoryLock: Sendable {
  /// The locked directory.
  public let directory: String
  private let descriptor: Int32

  /// Locks `directory`, which must exist. Held elsewhere: ``StorageError/Code/locked``, naming the holder.
  public init(directory: String) throws(StorageError) {
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StorageError(.io, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      let holder = Self.holder(descriptor)
      close(descriptor)
      guard reason == EWOULDBLOCK else {
        throw StorageError(.io, "cannot lock \(path): \(String(cString: strerror(reason)))")
      }
      throw StorageError(.locked, "\(directory) is in use by process \(holder); stop it first")
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
      let reason = errno
      close(descriptor)
      throw StorageError(.io, "cannot write \(path): \(String(cString: strerror(reason)))")
    }
    self.directory = directory
    self.descriptor = descriptor
  }

  deinit {
    // Closing alone would leave the lock to a child process that is just being started and still holds a copy.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
    let digits = bytes.prefix(count).prefix { (48...57).contains($0) }
    return digits.isEmpty ? "(unknown)" : String(decoding: digits, as: UTF8.self)
  }
}
