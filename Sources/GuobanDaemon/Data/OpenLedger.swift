internal import GuobanLedger
internal import GuobanMessages
internal import GuobanSQLite
internal import GuobanStorage

/// The ledger of a locked data directory, opened, with the secrets that belong to it.
///
/// The only type that decides which storage is used.
struct OpenLedger {
  let store: SQLiteStore
  let secrets: DaemonSecrets

  /// Refuses a directory in which a restore was not finished, and one whose ledger is gone; makes the secrets and the
  /// ledger when there are none.
  init(_ lock: DirectoryLock, _ configuration: DaemonConfiguration, observer: any StorageObserver) throws {
    try SnapshotRestore.refuseUnfinished(DataDirectory(path: configuration.dataDir))
    let lost = LostLedger(ledger: configuration.path(Self.fileName), snapshots: configuration.snapshotsDirectory)
    try lost.refuse()
    secrets = try DaemonSecrets(directory: configuration.dataDir, hasLedger: lost.hasLedger)
    store = try Self.open(lock, configuration, observer: observer)
  }

  /// The store alone.
  static func open(
    _ lock: DirectoryLock, _ configuration: DaemonConfiguration, observer: (any StorageObserver)? = nil
  ) throws -> SQLiteStore {
    try SQLiteStore(
      lock: lock, schemas: RecordCatalog.schemas, configuration: configuration.sqlite, now: DaemonClock.timestamp,
      observer: observer, project: project)
  }

  /// A stored record with the columns of its type.
  static func project(_ type: String, _ key: String, _ bytes: [UInt8]) throws -> StoredRecord {
    let record = try RecordCatalog.project(type: type, bytes: bytes, limits: .standard)
    guard record.key == key else {
      throw StorageError(.corrupted, "the \(type) under the key \(key) is that of \(record.key)")
    }
    return record
  }

  /// In the data directory.
  static let fileName = "ledger.sqlite"
}
