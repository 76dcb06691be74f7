internal import Foundation
internal import Glibc

/// A small file that only its owner may read: the token, and the daemon's keys.
struct SecretFile: Sendable {
  static let bytesMax = 16_384
  let path: String

  /// The bytes; nil when the file is not there. A file that others may read is refused: its secret is no secret.
  func read() throws(DaemonError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("读取", "read", errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.bytesMax else {
      throw failure("读取", "read", EINVAL)
    }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw DaemonError(
        .secret, "\(path) 的权限是 \(mode)，别人能读到：请先查明谁读过，再 chmod 600，或删掉它让守护进程重新生成",
        "\(path) has mode \(mode), so others can read it: find out who did, then chmod 600, or remove it for a new one")
    }
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw failure("读取", "read", errno) }
    return Array(bytes.prefix(count))
  }

  /// Writes a new file so that it is there whole or not at all.
  func create(_ bytes: [UInt8]) throws(DaemonError) {
    let partial = path + ".partial"
    unlink(partial)
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("创建", "create", errno) }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw failure("写入", "write", errno)
    }
    // `link` fails when the name is taken: a secret is never replaced.
    guard link(partial, path) == 0 else { throw failure("创建", "create", errno) }
    unlink(partial)
    try synchronizeFolder()
  }

  /// Puts new content in the file's place: the old or the new is there, whole, whatever happens.
  func replace(_ bytes: [UInt8]) throws(DaemonError) {
    let partial = path + ".partial"
    unlink(partial)
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("创建", "create", errno) }
    defer { close(descriptor) }
    guard bytes.count <= Self.bytesMax, write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
      rename(partial, path) == 0
    else { throw failure("写入", "write", errno) }
    try synchronizeFolder()
  }

  /// When the file was last written, in seconds since 1970.
  var modificationTime: Int64? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.modificationDate] as? Date).map { Int64($0.timeIntervalSince1970) }
  }

  private func synchronizeFolder() throws(DaemonError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("写盘", "sync", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("写盘", "sync", errno) }
  }

  private func failure(_ chinese: String, _ english: String, _ number: Int32) -> DaemonError {
    let reason = String(cString: strerror(number))
    return DaemonError(.secret, "不能\(chinese) \(path)：\(reason)", "cannot \(english) \(path): \(reason)")
  }
}
