internal import Foundation

/// Notices that files were replaced, and only when they have settled: a certificate and its key come one after the other.
/// Pure; ``stamps(_:)`` is what it is fed.
struct FileWatch: Sendable {
  /// What tells one content of a file from another without reading it; nil when it is not there.
  struct Stamp: Sendable, Equatable {
    var inode: UInt64
    var size: Int64
    var modifiedMicroseconds: Int64
  }

  private var taken: [Stamp?]
  private var last: [Stamp?]

  /// Files that were taken in this state.
  init(taken: [Stamp?]) {
    self.taken = taken
    last = taken
  }

  /// Whether the files differ from those taken, and were the same at the last look. Says so once for each state.
  mutating func changed(_ now: [Stamp?]) -> Bool {
    defer { last = now }
    guard now == last, now != taken else { return false }
    taken = now
    return true
  }
}

extension FileWatch {
  /// The files' stamps now. Links are followed: tools that renew certificates change links.
  static func stamps(_ paths: [String]) -> [Stamp?] {
    paths.map { path in
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)) else { return nil }
      let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
      return Stamp(
        inode: (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0,
        size: (attributes[.size] as? NSNumber)?.int64Value ?? 0, modifiedMicroseconds: Int64(modified * 1_000_000))
    }
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}
