import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage

/// guoban-scale load|measure|groups DIRECTORY SCALE
@main
struct GuobanScale {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let scale = Double(arguments[3]), scale > 0 else {
      print("usage: guoban-scale load|measure|groups DIRECTORY SCALE [--plans]")
      exit(64)
    }
    let records = ScaleRecords(scale: scale, seed: 2026)
    let begin = Date()
    let store = try open(arguments[2], isLoading: arguments[1] == "load")
    print("open: \(fixed(-begin.timeIntervalSinceNow * 1000, 0)) ms, resident \(resident()) MiB")
    switch arguments[1] {
    case "load": try ScaleLoad(records: records, store: store).run()
    case "groups": try ScaleGroups(records: records, store: store).run()
    default: try ScaleMeasure(records: records, store: store).run()
    }
    print("resident at the end: \(resident()) MiB")
    try store.close()
    let size = try FileManager.default.attributesOfItem(atPath: arguments[2] + "/ledger.sqlite")[.size] as? Int ?? 0
    print("ledger.sqlite: \(size / (1 << 20)) MiB")
  }

  private static func open(_ directory: String, isLoading: Bool) throws -> SQLiteStore {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var configuration = SQLiteConfiguration()
    // A load reads nothing twice; larger pages caches keep the indexes in memory while they grow.
    if isLoading { configuration.pageCacheBytesMax = 256 << 20 }
    return try SQLiteStore(
      lock: try DirectoryLock(directory: directory), schemas: RecordCatalog.schemas, configuration: configuration,
      now: { Google.Timestamp(seconds: Int64(Date().timeIntervalSince1970)) },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
  }

  private static func resident() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) / 1024
  }
}
