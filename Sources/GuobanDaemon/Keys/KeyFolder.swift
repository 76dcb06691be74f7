internal import Glibc
internal import GuobanLedger
internal import GuobanMessages

/// The folder of the key files: outside the data directory, and its owner's alone.
struct KeyFolder: Sendable {
  let path: String
  /// The data directory that it must not be in.
  let dataDirectory: String

  /// Makes the folder when it is not there; refuses one in the data directory, or one that others may write to.
  func prepare() throws(DaemonError) {
    try DataDirectory(path: path).prepare()
    guard let own = canonical(path), let data = canonical(dataDirectory) else {
      throw DaemonError(.secret, "密钥目录 \(path) 不可用", "the key folder \(path) cannot be used")
    }
    guard own != data, !own.hasPrefix(data + "/") else {
      throw DaemonError(
        .secret, "密钥目录 \(path) 在数据目录里：备份数据目录就会连密钥一起带走。请用 keys.directory 指到数据目录之外",
        "the key folder \(path) is in the data directory, so every copy of the ledger would hold the keys: name another with keys.directory"
      )
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o022 == 0 else {
      throw DaemonError(
        .secret, "密钥目录 \(path) 别人可写：请 chmod 700", "the key folder \(path) can be written to by others: chmod 700 it")
    }
  }

  /// Of each purpose: the keys, and whether they had to be made.
  func load(_ purpose: Ledger.KeyPurpose) throws -> (keys: [KeyMaterial], isNew: Bool) {
    if let keys = try KeyFile(directory: path, purpose: purpose).read() { return (keys, false) }
    return ([try KeyMaterial.random(purpose)], true)
  }

  func write(_ keys: [KeyMaterial], _ purpose: Ledger.KeyPurpose) throws(DaemonError) {
    try KeyFile(directory: path, purpose: purpose).write(keys)
  }

  private func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    // Safety: `realpath` gives a NUL-terminated string, which is freed after it was copied.
    return String(cString: resolved)
  }
}
