import Foundation
import GuobanTestSupport
import Testing

/// A temporary folder for one test, and the programs of this build. The folder goes away with the value.
final class Workplace: Sendable {
  let path: String

  /// Where this build put its products.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  init() throws {
    // Short: a Unix socket's path must fit into 107 bytes.
    path = FileManager.default.temporaryDirectory.path + "/guoban-e2e-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Lays out the reporters of the source tree as `make install` does.
  func installReporters(_ names: [String]) throws {
    for name in names {
      let folder = "\(path)/reporters/\(name)"
      let plugin = Self.sources.appendingPathComponent("Plugins/\(name)").path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for file in ["\(plugin)/reporter.yaml", "\(plugin)/README.md", "\(Self.products.path)/lib\(name).so"] {
        let target = "\(folder)/\(URL(fileURLWithPath: file).lastPathComponent)"
        try FileManager.default.copyItem(atPath: file, toPath: target)
      }
    }
  }

  /// Runs a program of this build, or one of the system's by its path, and insists that it succeeds.
  @discardableResult
  func run(_ program: String, _ arguments: [String]) async throws -> String {
    let (code, text) = try await attempt(program, arguments)
    try #require(code == 0, "\(program) \(arguments): \(text)")
    return text
  }

  /// The same for one that may fail.
  func attempt(_ program: String, _ arguments: [String]) async throws -> (code: Int32, text: String) {
    let output = "\(path)/output-\(UUID().uuidString.prefix(8))"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let process = Process()
    process.executableURL =
      program.hasPrefix("/") ? URL(fileURLWithPath: program) : Self.products.appendingPathComponent(program)
    process.arguments = arguments
    process.environment = sanitizerEnvironment.merging(["HOME": path, "PATH": "/usr/bin:/bin", "LANG": "zh_CN.UTF-8"]) {
      $1
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardOutput = file
    process.standardError = file
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try await wait(upTo: .seconds(120), for: "\(program) to end") { !process.isRunning }
    return (process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8))
  }
}

struct TimedOut: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again until something is so.
func wait(upTo timeout: Duration, for what: String, until isSo: () throws -> Bool) async throws {
  let end = ContinuousClock.now + timeout
  while try !isSo() {
    guard ContinuousClock.now < end else { throw TimedOut(description: "waited \(timeout) for \(what)") }
    try await Task.sleep(for: .milliseconds(5))
  }
}
