internal import Glibc
internal import GuobanMessages
internal import GuobanSQLite
internal import GuobanServer
internal import GuobanStorage

/// Whether the daemon is fit to serve, and if not, why. Cheap: one look at memory and one at the file system.
struct Readiness: Sendable {
  /// One thing that must be so.
  struct Check: Sendable, Equatable {
    var name: String
    /// Nil: passed.
    var problem: String?
  }

  var checks: [Check]

  /// Judges what was found. Pure.
  ///
  /// - Parameters:
  ///   - diskFreeBytes: nil when the file system does not say.
  init(fault: StorageError?, isServing: Bool, diskFreeBytes: UInt64?, diskFreeBytesMin: UInt64) {
    let isClosed = fault?.code == .closed
    let serving = isServing ? nil : "the daemon is draining, or has not opened its sockets yet"
    let disk: String? =
      switch diskFreeBytes {
      case let free? where free >= diskFreeBytesMin: nil
      case let free?: "\(free) bytes are free where the ledger is; metrics.diskFreeBytesMin is \(diskFreeBytesMin)"
      case nil: "the file system of the data directory cannot be asked"
      }
    checks = [
      Check(name: "ledger", problem: isClosed ? "the ledger is closed" : nil),
      Check(name: "serving", problem: serving),
      Check(name: "writer", problem: fault.map(\.englishMessage)),
      Check(name: "disk", problem: disk),
    ]
  }

  var isReady: Bool { checks.allSatisfy { $0.problem == nil } }

  /// One line per check: `writer: ok`.
  var text: String {
    checks.map { "\($0.name): \($0.problem ?? "ok")\n" }.joined()
  }

  /// Bytes that the daemon may still write in a folder.
  static func freeBytes(in folder: String) -> UInt64? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }
}
