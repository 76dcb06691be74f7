import Foundation
import Glibc
import GuobanClient
import GuobanTestSupport
import GuobanWire
import Testing

/// A running daemon: the real program, on a data directory of its own, stopped by its process id.
final class Guoband {
  let dataDirectory: String
  private let process = Process()
  private let log: String

  /// Starts the program and waits until it serves.
  ///
  /// - Parameter clock: what time it is there, in seconds since 1970; nil: what it is here.
  init(
    _ place: Workplace, data: String = "data", settings: [String] = ["listen.tcpEnabled=false"], clock: Int64? = nil
  ) async throws {
    dataDirectory = "\(place.path)/\(data)"
    log = "\(place.path)/log-\(UUID().uuidString.prefix(8))"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.executableURL = Workplace.products.appendingPathComponent("guoband")
    let all = settings + ["reporters.folder=\(place.path)/reporters", "snapshots.schedule="]
    process.arguments = ["run", "--data-dir", dataDirectory] + all.flatMap { ["--set", $0] }
    var environment = sanitizerEnvironment.merging(["HOME": place.path, "PATH": "/usr/bin:/bin"]) { $1 }
    if let clock {
      let library = Workplace.products.appendingPathComponent("libShiftedClock.so").path
      environment["LD_PRELOAD"] = [environment["LD_PRELOAD"], library].compactMap { $0 }.joined(separator: ":")
      // The allocator's thread sleeps by a clock that is not shifted.
      environment["MALLOC_CONF"] = "background_thread:false"
      environment["SHIFTED_CLOCK_SECONDS"] = "\(clock - Int64(Date().timeIntervalSince1970))"
    }
    process.environment = environment
    process.standardError = file
    process.standardOutput = file
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try await wait(upTo: .seconds(60), for: "the daemon to be ready: \(text)") {
      guard process.isRunning else { throw TimedOut(description: "the daemon ended: \(text)") }
      return text.contains("ready")
    }
  }

  deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

  /// What it has logged.
  var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Where it listens, when it was told `listen.tcpPort=0`.
  var tcp: Endpoint? {
    let word = text.split(whereSeparator: { " \n\"=".contains($0) }).first { $0.hasPrefix("tcp:127.0.0.1:") }
    return word.flatMap { Endpoint(String($0)) }
  }

  /// The Unix socket, where the user who runs the daemon needs no token.
  func connect() async throws -> GuobanClient {
    // Under a sanitizer, beside three other suites, a handshake may take seconds.
    try await GuobanClient.connect(
      to: .unix(path: "\(dataDirectory)/guoban.sock"), name: "end-to-end/1", timeout: .seconds(30))
  }

  func signal(_ signal: Int32) { Glibc.kill(process.processIdentifier, signal) }

  /// Ends the program where it stands.
  func kill() async throws {
    signal(SIGKILL)
    try await wait(upTo: .seconds(30), for: "the killed daemon to be gone") { !process.isRunning }
  }

  /// Waits until the program has ended by itself, and gives its exit code.
  func exitCode(upTo timeout: Duration = .seconds(30)) async throws -> Int32 {
    try await wait(upTo: timeout, for: "the daemon to end") { !process.isRunning }
    try #require(process.terminationReason == .exit, "ended by a signal: \(text)")
    return process.terminationStatus
  }

  /// Ends the program as an operator does.
  func stop() async throws {
    signal(SIGTERM)
    let code = try await exitCode()
    #expect(code == 0, "\(text)")
  }
}
