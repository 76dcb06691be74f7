internal import Glibc
public import GuobanArchive
internal import GuobanStorage

/// Makes a new data directory from a snapshot, without a daemon.
public struct SnapshotRestore: Sendable {
  /// Where the snapshots are.
  public var snapshots: String
  /// The new data directory: not there yet, or empty.
  public var dataDirectory: String
  /// The data directory whose `holder.key` is copied; nil: the operator copies it. A snapshot never holds the key.
  public var keysFrom: String?

  /// What came back.
  public struct Result: Sendable {
    public var report: SnapshotVerifier.Report
    /// Without it the daemon does not start on this ledger: the operator puts `holder.key` into the directory first.
    public var hasHolderKey: Bool
  }

  /// Prepares a restore.
  public init(snapshots: String, dataDirectory: String, keysFrom: String?) {
    self.snapshots = snapshots
    self.dataDirectory = dataDirectory
    self.keysFrom = keysFrom
  }

  /// Restores the snapshot `named`: an id, the path of a manifest, or nil for the newest.
  ///
  /// The directory is checked, then the whole snapshot; only then is anything made. A failure after that leaves the
  /// directory as it was.
  public func restore(_ named: String?) throws -> Result {
    let directory = DataDirectory(path: dataDirectory)
    guard try directory.names()?.isEmpty ?? true else {
      throw DaemonError(
        .notEmpty, "\(dataDirectory) 不是空目录：恢复只写入新的或空的目录",
        "\(dataDirectory) is not empty: restore into a new or empty directory")
    }
    let key = try keysFrom.map { try holderKey($0) }
    let id = try resolve(named)
    var made = Made()
    do {
      let report = try SnapshotRestorer(directory: snapshots, limits: ArchiveLimits()).restore(
        id,
        prepare: {
          try directory.prepare()
          made.hasDirectory = true
          try SecretFile(path: "\(dataDirectory)/\(Self.unfinishedName)").create([])
          let store = try OpenLedger.open(
            DirectoryLock(directory: dataDirectory), DaemonConfiguration(dataDir: dataDirectory))
          made.store = store
          return store
        },
        project: OpenLedger.project)
      try made.store?.close()
      if let key { try SecretFile(path: "\(dataDirectory)/\(DaemonSecrets.holderKeyName)").create(key) }
      unlink("\(dataDirectory)/\(Self.unfinishedName)")
      return Result(report: report, hasHolderKey: key != nil)
    } catch {
      try? made.store?.close()
      if made.hasDirectory { try? empty(directory) }
      throw error
    }
  }

  /// In a directory while it is being restored into: a restore that was killed leaves it, and no daemon starts there.
  static let unfinishedName = "restore.unfinished"

  /// Refuses a directory that a killed restore left behind: its ledger is empty or half.
  static func refuseUnfinished(_ directory: DataDirectory) throws(DaemonError) {
    guard try directory.names()?.contains(unfinishedName) == true else { return }
    throw DaemonError(
      .directory, "\(directory.path) 里的恢复没有做完：请清空这个目录，重新 guobanctl snapshot restore",
      "the restore into \(directory.path) was not finished: empty the directory and restore again")
  }

  private struct Made {
    var hasDirectory = false
    var store: (any LedgerStore)?
  }

  private func resolve(_ named: String?) throws -> SnapshotID {
    guard let named else {
      guard let id = try SnapshotCatalog(path: snapshots, limits: ArchiveLimits()).newestID() else {
        throw ArchiveError(.notFound, "\(snapshots) 中没有快照", "no snapshot in \(snapshots)")
      }
      return id
    }
    let name = named.split(separator: "/").last.map(String.init) ?? named
    let text = name.hasSuffix(".manifest") ? String(name.dropLast(".manifest".count)) : name
    guard let id = SnapshotID(text) else {
      throw ArchiveError(
        .invalidID, "“\(named.prefix(100))”不是快照编号，形如 20231121T014233Z-000000000042",
        "\"\(named.prefix(100))\" is no snapshot id such as 20231121T014233Z-000000000042")
    }
    return id
  }

  private func holderKey(_ directory: String) throws -> [UInt8] {
    let path = "\(directory)/\(DaemonSecrets.holderKeyName)"
    guard let key = try SecretFile(path: path).read() else {
      throw DaemonError(.secret, "没有 \(path)", "\(path) is not there")
    }
    return key
  }

  private func empty(_ directory: DataDirectory) throws {
    for name in try directory.names() ?? [] { unlink("\(directory.path)/\(name)") }
  }
}
