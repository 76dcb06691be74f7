import Foundation
import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import ReporterHost
import Testing

/// A temporary plugin folder, the launcher and modules of this build, and a ledger in a real SQLite file.
final class Workshop {
  let root: URL
  let configuration: ReporterHostConfiguration

  /// Where this build put its products.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  init(_ adjust: (inout ReporterHostConfiguration) -> Void = { _ in }) throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("guoban-reporters-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appendingPathComponent("reporters"), withIntermediateDirectories: true)
    var configuration = ReporterHostConfiguration(
      reportersFolder: root.appendingPathComponent("reporters").path,
      runsFolder: root.appendingPathComponent("runs").path,
      sandboxProgram: Self.products.appendingPathComponent("guoban-sandbox").path,
      libraryFolders: SwiftRuntime.libraryFolders(), requiresAllProtections: false)
    adjust(&configuration)
    self.configuration = configuration
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Puts a reporter of the source tree and its module into the plugin folder.
  func install(_ name: String, from folder: String = "Plugins") throws {
    let target = root.appendingPathComponent("reporters/\(name)")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Self.sources.appendingPathComponent("\(folder)/\(name)/reporter.yaml"),
      to: target.appendingPathComponent("reporter.yaml"))
    try FileManager.default.copyItem(
      at: Self.products.appendingPathComponent("lib\(name).so"), to: target.appendingPathComponent("lib\(name).so"))
  }

  /// Puts a reporter that is one script into the plugin folder.
  func install(script: String, id: String) throws {
    let yaml = """
      id: \(id)
      version: "1.0"
      protocol: 1
      title: \(id)
      executable: main
      data: [Region]
      limits: {wall_seconds: 5}
      """
    try write("reporters/\(id)/reporter.yaml", yaml)
    try write("reporters/\(id)/main", script)
  }

  func write(_ path: String, _ text: String) throws {
    let url = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  var catalog: ReporterCatalog { ReporterCatalog(configuration) }

  /// Runs a reporter, approved as it is.
  func run(
    _ id: String, _ parameters: [String: String] = [:], on source: any ReporterDataSource = NoData(),
    origin: RunOrigin = RunOrigin(), isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> RunOutcome {
    let package = try catalog.package(id)
    return try ReporterRunner(configuration).run(
      package, approvedDigest: package.digest, parameters: parameters, today: "2023-11-21", source: source,
      origin: origin, isCancelled: isCancelled)
  }

  /// Runs a reporter on a ledger with these records, through a real SQLite file.
  func report(
    _ id: String, _ parameters: [String: String], on records: [any LedgerRecord]
  ) throws -> Reporting.Result {
    let folder = root.appendingPathComponent("ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let store = try SQLiteStore(
      lock: DirectoryLock(directory: folder.path),
      schemas: RecordCatalog.schemas, configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: 1) },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
    defer { try? store.close() }
    let stored = try records.map { record in
      try RecordCatalog.project(
        type: type(of: record).schema.name, bytes: record.packed(), limits: .standard)
    }
    let done = DispatchSemaphore(value: 0)
    let failure = Box<(any Error)?>(nil)
    let write = WriteRequest(
      actor: "test", requestID: "", requestDigest: [], admit: {},
      body: { writer in for record in stored { try writer.put(record, operation: .create) } })
    store.submit(write) { result in
      if case .failure(let error) = result { failure.value = error }
      done.signal()
    }
    done.wait()
    if let error = failure.value { throw error }
    let catalog = try SchemaCatalog(RecordCatalog.schemas)
    let outcome = try store.read { reader in
      try run(
        id, parameters,
        on: StoreDataSource(
          reader, filters: FilterParser(catalog: catalog, limits: .standard), hidden: [],
          views: { _, _ in nil }))
    }
    guard case .result(let result) = outcome.verdict else {
      throw Unexpected(description: "\(outcome.verdict)\n\(outcome.log)")
    }
    return result
  }
}

struct Unexpected: Error, CustomStringConvertible {
  let description: String
}

/// Carries a value out of a callback that has finished before it is read.
final class Box<Value>: @unchecked Sendable {
  // Safety: written before the semaphore is signalled, read after it was waited for.
  var value: Value

  init(_ value: Value) { self.value = value }
}

/// An empty ledger that knows no column but Region.key.
struct NoData: ReporterDataSource {
  let revision: UInt64 = 7

  func rows(of query: Reporting.DataQuery, rowsMax: Int) throws(ReporterDataError) -> GroupResult {
    guard query.source == "Region", query.groupBy == ["key"] else {
      throw .invalidQuery("没有这一列", english: "no such column")
    }
    return GroupResult(names: ["key"], columns: [[]])
  }
}
