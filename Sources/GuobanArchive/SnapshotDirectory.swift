internal import Glibc

/// The folder of the snapshots: names, and the operations on it that must survive a crash.
///
/// `ID.guoban.zst` is a packed file and `ID.manifest` makes it a snapshot. `ID.pruned` is the manifest of a snapshot whose
/// file retention has removed: it stays, so that the chain of manifests has no gap. Hidden `.partial` files are unfinished.
struct SnapshotDirectory: Sendable {
  static let fileSuffix = ".guoban.zst"
  static let manifestSuffix = ".manifest"
  static let prunedSuffix = ".pruned"
  private static let partialSuffix = ".partial"
  private static let lockName = ".lock"

  let path: String

  func filePath(_ id: SnapshotID) -> String { "\(path)/\(id)\(Self.fileSuffix)" }
  func manifestPath(_ id: SnapshotID) -> String { "\(path)/\(id)\(Self.manifestSuffix)" }
  func prunedPath(_ id: SnapshotID) -> String { "\(path)/\(id)\(Self.prunedSuffix)" }

  /// Where `path` is written before it is complete.
  func partialPath(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return "\(self.path)/.\(name)\(Self.partialSuffix)"
  }

  /// Makes the folder when it is not there, readable by its owner alone.
  func create() throws(ArchiveError) {
    if mkdir(path, 0o700) != 0 && errno != EEXIST { throw .file(path, doing: "创建", "create", errno) }
  }

  /// The lock that lets one snapshot at a time be taken or pruned here. It ends with the value, or with the process.
  func lock() throws(ArchiveError) -> DiskFile {
    let file = try DiskFile(locking: "\(path)/\(Self.lockName)")
    guard file.tryLock() else {
      throw ArchiveError(
        .busy, "另一次快照正在进行（\(path)），请等它完成", "another snapshot is being taken in \(path); wait for it to end")
    }
    return file
  }

  /// The file names here; none when the folder is not there.
  func names() throws(ArchiveError) -> [String] {
    guard let stream = opendir(path) else {
      if errno == ENOENT { return [] }
      throw .file(path, doing: "列出", "list", errno)
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
    return names
  }

  /// Removes what a crash left unfinished. Call it only with the lock held.
  func removePartials() throws(ArchiveError) {
    let partials = try names().filter { $0.hasPrefix(".") && $0.hasSuffix(Self.partialSuffix) }
    for name in partials { try remove("\(path)/\(name)") }
  }

  /// Removes a file; that it is not there is fine.
  func remove(_ path: String) throws(ArchiveError) {
    if unlink(path) != 0 && errno != ENOENT { throw .file(path, doing: "删除", "remove", errno) }
  }

  /// Renames durably: the new name is on disk when this returns.
  func rename(_ from: String, to target: String) throws(ArchiveError) {
    guard Glibc.rename(from, target) == 0 else { throw .file(target, doing: "命名", "rename", errno) }
    try synchronize()
  }

  private func synchronize() throws(ArchiveError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path, doing: "打开", "open", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .file(path, doing: "写盘", "sync", errno) }
  }
}
