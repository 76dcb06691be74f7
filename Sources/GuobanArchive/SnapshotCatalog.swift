/// The snapshots of a directory, as their manifests tell.
public struct SnapshotCatalog: Sendable {
  let directory: SnapshotDirectory
  private let limits: ArchiveLimits

  /// A manifest that is there, whether it can be read or not.
  private struct Name {
    var id: SnapshotID
    var isPruned: Bool
  }

  /// Looks at the snapshots in `path`, which need not be there yet.
  public init(path: String, limits: ArchiveLimits) {
    directory = SnapshotDirectory(path: path)
    self.limits = limits
  }

  /// Every snapshot that has a sound manifest, newest first; ``damaged()`` has the others.
  public func list() throws(ArchiveError) -> [ManifestFile] {
    var files: [ManifestFile] = []
    for name in try names() where !name.isPruned {
      do { files.append(try read(name.id, isPruned: false)) } catch {
        if !Self.isOfOneFile(error) { throw error }
      }
    }
    return files.reversed()
  }

  /// What is wrong with one manifest must not hide the others, nor keep the next snapshot from being taken.
  private static func isOfOneFile(_ error: ArchiveError) -> Bool {
    // Not there any more: it has just been pruned.
    [.corrupted, .unsupportedVersion, .unreadable, .notFound].contains(error.code)
  }

  /// What is wrong with each manifest that cannot be used, oldest first.
  public func damaged() throws(ArchiveError) -> [ArchiveError] {
    var errors: [ArchiveError] = []
    for name in try names() {
      do { _ = try read(name.id, isPruned: name.isPruned) } catch { errors.append(error) }
    }
    return errors
  }

  /// The manifest of one snapshot.
  public func manifest(_ id: SnapshotID) throws(ArchiveError) -> ManifestFile {
    do { return try read(id, isPruned: false) } catch {
      guard error.code == .notFound else { throw error }
      throw ArchiveError(.notFound, "\(directory.path) 中没有快照 \(id)", "no snapshot \(id) in \(directory.path)")
    }
  }

  /// The newest snapshot's id, by its manifest's name; nil when there is none.
  public func newestID() throws(ArchiveError) -> SnapshotID? {
    try names().last { !$0.isPruned }?.id
  }

  /// Packed files without a manifest: no snapshots. A crash in the wrong instant leaves one, and so does a lost manifest,
  /// which is why nobody but the operator removes them.
  public func orphans() throws(ArchiveError) -> [SnapshotID] {
    let all = try directory.names()
    let known = Set(try names().map(\.id))
    return all.compactMap { Self.id($0, SnapshotDirectory.fileSuffix) }.filter { !known.contains($0) }.sorted()
  }

  /// The manifest before `id` in the chain, pruned or not; nil when it is not in this directory.
  func chained(_ id: SnapshotID) throws(ArchiveError) -> ManifestFile? {
    for isPruned in [false, true] {
      do { return try read(id, isPruned: isPruned) } catch { if error.code != .notFound { throw error } }
    }
    return nil
  }

  /// The last link of the chain, whose bytes the next manifest names, whatever state they are in. One that cannot be read
  /// at all cannot be named: it is passed over.
  func lastLink() throws(ArchiveError) -> (id: SnapshotID, bytes: [UInt8])? {
    for name in try names().reversed() {
      do { return (name.id, try bytes(name.id, isPruned: name.isPruned)) } catch {
        if !Self.isOfOneFile(error) { throw error }
      }
    }
    return nil
  }

  /// The newest id that a manifest has, pruned and unreadable ones included.
  func lastID() throws(ArchiveError) -> SnapshotID? { try names().last?.id }

  private func read(_ id: SnapshotID, isPruned: Bool) throws(ArchiveError) -> ManifestFile {
    try ManifestFile(id: id, bytes: bytes(id, isPruned: isPruned), isPruned: isPruned, limits: limits)
  }

  private func bytes(_ id: SnapshotID, isPruned: Bool) throws(ArchiveError) -> [UInt8] {
    let file = try DiskFile(reading: isPruned ? directory.prunedPath(id) : directory.manifestPath(id))
    let size = try file.size()
    guard size <= limits.manifestBytesMax else {
      throw .corrupted("\(id)", "清单大得不合理（\(size) 字节）", "its manifest has \(size) bytes")
    }
    return try file.read(at: 0, count: size)
  }

  /// Manifests by id, oldest first.
  private func names() throws(ArchiveError) -> [Name] {
    let names = try directory.names().compactMap { name in
      Self.id(name, SnapshotDirectory.manifestSuffix).map { Name(id: $0, isPruned: false) }
        ?? Self.id(name, SnapshotDirectory.prunedSuffix).map { Name(id: $0, isPruned: true) }
    }
    guard names.count <= limits.manifestsMax else {
      throw ArchiveError(
        .tooLarge, "\(directory.path) 中的清单多于 \(limits.manifestsMax) 份", "more than \(limits.manifestsMax) manifests")
    }
    return names.sorted { $0.id < $1.id }
  }

  private static func id(_ name: String, _ suffix: String) -> SnapshotID? {
    name.hasSuffix(suffix) ? SnapshotID(name.dropLast(suffix.count)) : nil
  }
}
