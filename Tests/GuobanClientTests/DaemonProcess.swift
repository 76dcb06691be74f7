import Foundation
import Glibc
import GuobanTestSupport
import GuobanWire
import Testing

/// The real program on a data directory of its own, stopped by its process id.
final class DaemonProcess {
  let endpoint: Endpoint
  private let folder: TemporaryFolder
  private let process = Process()
  private let log: String

  /// Where this build put its programs.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  /// Starts it and waits until it serves.
  init(_ folder: TemporaryFolder) async throws {
    self.folder = folder
    endpoint = .unix(path: "\(folder.path)/data/guoban.sock")
    log = try folder.write("", to: "log-\(UUID().uuidString.prefix(8))")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.executableURL = Self.products.appendingPathComponent("guoband")
    process.arguments = [
      "run", "--data-dir", "\(folder.path)/data", "--set", "listen.tcpEnabled=false", "--set", "snapshots.schedule=",
      "--set", "reporters.folder=\(folder.path)/reporters",
    ]
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    process.standardError = file
    process.standardOutput = file
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let end = ContinuousClock.now + .seconds(60)
    while !text.contains("ready") {
      try #require(process.isRunning && ContinuousClock.now < end, "\(text)")
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// What it has logged.
  var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Ends it with this signal and waits until it is gone.
  func stop(_ signal: Int32 = SIGTERM) async throws {
    kill(process.processIdentifier, signal)
    let end = ContinuousClock.now + .seconds(60)
    while process.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
    #expect(!process.isRunning, "\(text)")
  }
}
