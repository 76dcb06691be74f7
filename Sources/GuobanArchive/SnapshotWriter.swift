public import GuobanStorage

/// Takes a snapshot of a ledger: all records and the whole change log of one moment, in one file that is checked before
/// it counts.
///
/// The manifest is the commit point. It is written last, after the packed file was put on disk, read back and audited;
/// whatever fails or crashes before leaves no snapshot, and no earlier one is touched.
public struct SnapshotWriter: Sendable {
  /// The format that this program writes, and the only one it reads.
  static let formatVersion: UInt32 = 1

  /// A moment of the writing, in order: where tests stop it.
  public enum Step: Sendable, CaseIterable {
    case begun, framesWritten, fileSynced, fileCompared, fileNamed, manifestSynced, committed
  }

  public var directory: String
  /// zstd's: 1 is fast, 19 is small.
  public var level: Int
  public var limits: ArchiveLimits
  /// "guoband/0.1.0", for the header and the manifest.
  public var createdBy: String
  /// Called at every ``Step``; what it throws ends the writing as a failure of the disk would.
  public var onStep: @Sendable (Step) throws -> Void = { _ in }
  /// Asked often, on the calling thread, until the manifest is written: whoever asked for the snapshot may have gone.
  public var isCancelled: @Sendable () -> Bool = { false }

  /// Prepares to write into `directory`, which is made when it is not there.
  public init(directory: String, level: Int, limits: ArchiveLimits, createdBy: String) {
    self.directory = directory
    self.level = level
    self.limits = limits
    self.createdBy = createdBy
  }

  /// Takes a snapshot at the time `epochSeconds`, on the calling thread.
  ///
  /// A clock that was set back does not disturb the order: the id's time is at least a second after the one before.
  public func create(from store: any LedgerStore, epochSeconds: Int64) throws -> ManifestFile {
    let folder = SnapshotDirectory(path: directory)
    try folder.create()
    // The lock is held until the end of this function.
    let lock = try folder.lock()
    defer { _ = lock.path }
    try folder.removePartials()
    let catalog = SnapshotCatalog(path: directory, limits: limits)
    let last = try catalog.lastLink()
    let seconds = max(epochSeconds, try catalog.lastID().map { $0.epochSeconds + 1 } ?? epochSeconds)
    return try store.read { reader in
      guard let id = SnapshotID(epochSeconds: seconds, revision: try reader.revision) else {
        throw ArchiveError(.io, "系统时钟不对：\(seconds)", "the clock is wrong: \(seconds)")
      }
      let draft = SnapshotDraft(
        id: id, folder: folder, previous: last, recordTypes: store.schemas.map(\.name), writer: self)
      do { return try draft.write(reader) } catch {
        draft.discard()
        throw error
      }
    }
  }
}
