import Foundation
import Glibc
import GuobanTestSupport
import GuobanWire
import Testing

/// A running `guoband`: the real program, stopped by its process id.
final class Guoband {
  let process = Process()
  let log: String

  /// `launcher`: a Python script that is given the program and its arguments, and becomes it.
  init(
    _ folder: TemporaryFolder, _ arguments: [String], environment: [String: String] = [:], launcher: String? = nil
  ) throws {
    log = folder.path + "/log-\(UUID().uuidString.prefix(4))"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let program = try Self.find("guoband")
    process.executableURL = launcher == nil ? program : URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = (launcher.map { ["python3", "-c", $0, program.path] } ?? []) + arguments
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    process.environment = environment.merging(["HOME": folder.path, "PATH": path]) { given, _ in given }
      .merging(sanitizerEnvironment) { given, _ in given }
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func text() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  func wait(for part: String, seconds: Int = 30) throws {
    for _ in 0..<(seconds * 50) {
      if try text().contains(part) { return }
      usleep(20_000)
    }
    let log = try text()
    Issue.record("no \"\(part)\" in \(log)")
  }

  func exitCode(seconds: Int = 30) throws -> Int32 {
    for _ in 0..<(seconds * 50) where process.isRunning { usleep(20_000) }
    let log = try text()
    try #require(!process.isRunning, "still running: \(log)")
    return process.terminationStatus
  }

  /// The endpoint of this scheme in the log's line that says where it listens.
  func endpoint(_ scheme: String) throws -> Endpoint {
    let words = try text().split { " \n\"=".contains($0) }
    return try #require(words.first { $0.hasPrefix(scheme) }.flatMap { Endpoint(String($0)) })
  }

  private static func find(_ name: String) throws -> URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<5 {
      let candidate = folder.appendingPathComponent(name)
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
