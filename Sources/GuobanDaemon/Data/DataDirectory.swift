internal import Glibc

/// The folder that holds one ledger: made for its owner alone, and looked at before anything is opened in it.
struct DataDirectory: Sendable {
  let path: String

  /// Makes the folder, and those above it, when they are not there; refuses one that is not this user's to write.
  func prepare() throws(DaemonError) {
    try make(path)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw DaemonError(.directory, "数据目录 \(path) 不是目录", "the data directory \(path) is not a directory")
    }
    guard access(path, R_OK | W_OK | X_OK) == 0 else {
      throw DaemonError(
        .directory, "数据目录 \(path) 不可写（用户 \(geteuid())）：请改其属主，或用 --data-dir 指定别处",
        "the data directory \(path) is not writable for user \(geteuid()): change its owner, or use --data-dir")
    }
  }

  /// Whether others than the owner may look into the folder.
  var isOpenToOthers: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
  }

  /// The names in the folder; nil when it is not there.
  func names() throws(DaemonError) -> [String]? {
    guard let stream = opendir(path) else {
      if errno == ENOENT { return nil }
      throw DaemonError(
        .directory, "不能列出目录 \(path)：\(String(cString: strerror(errno)))",
        "cannot list \(path): \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      // Safety: `d_name` is NUL-terminated inside the entry, which is valid until the next `readdir`.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func make(_ path: String) throws(DaemonError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let reason = errno
    if reason == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try make(String(path[..<slash]))
      if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    }
    throw DaemonError(
      .directory, "不能创建数据目录 \(path)：\(String(cString: strerror(reason)))；可用 --data-dir 指定别处",
      "cannot make the data directory \(path): \(String(cString: strerror(reason))); --data-dir names another")
  }
}
