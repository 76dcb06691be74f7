import Foundation
import Glibc
import Testing

/// The real program: started, signalled, started again.
@Suite(.serialized)
struct DaemonProcessTests {
  private static let program = Bundle.main.bundleURL.deletingLastPathComponent()

  /// A running `guoband`.
  private final class Guoband {
    let process = Process()
    let log: String

    init(_ folder: TemporaryFolder, _ arguments: [String], environment: [String: String] = [:]) throws {
      log = folder.path + "/log-\(UUID().uuidString.prefix(4))"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      process.executableURL = try DaemonProcessTests.find("guoband")
      process.arguments = arguments
      process.environment = environment.merging(["HOME": folder.path, "PATH": "/usr/bin"]) { given, _ in given }
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
      try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func text() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }

    func wait(for part: String, seconds: Int = 30) throws {
      for _ in 0..<(seconds * 50) {
        if try text().contains(part) { return }
        usleep(20_000)
      }
      Issue.record("no \"\(part)\" in \(try text())")
    }

    func exitCode(seconds: Int = 30) throws -> Int32 {
      for _ in 0..<(seconds * 50) where process.isRunning { usleep(20_000) }
      let text = try text()
      try #require(!process.isRunning, "still running: \(text)")
      return process.terminationStatus
    }
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

  @Test func itStartsOnNothingServesAndStopsCleanly() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--set", "listen.tcpPort=0"]
    let environment = ["XDG_STATE_HOME": folder.path]
    let daemon = try Guoband(folder, arguments, environment: environment)
    try daemon.wait(for: "ready")
    #expect(try folder.mode("guoban") == 0o700)
    #expect(try folder.mode("guoban/token") == 0o600)
    #expect(try folder.mode("guoban/holder.key") == 0o600)
    #expect(FileManager.default.fileExists(atPath: folder.path + "/guoban/guoban.sock"))

    let second = try Guoband(folder, arguments, environment: environment)
    #expect(try second.exitCode() == 1)
    #expect(try second.text().contains("另一个 guoband"))

    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(try daemon.exitCode() == 0)
    #expect(daemon.process.terminationReason == .exit)
    #expect(try daemon.text().contains("draining"))
    let token = try String(contentsOfFile: folder.path + "/guoban/token", encoding: .utf8)
    let again = try Guoband(folder, arguments, environment: environment)
    try again.wait(for: "ready")
    #expect(try String(contentsOfFile: folder.path + "/guoban/token", encoding: .utf8) == token)
    #expect(try !again.text().contains(token.dropLast()))
    kill(again.process.processIdentifier, SIGINT)
    #expect(try again.exitCode() == 0)
  }

  @Test func aKilledDaemonStartsAgain() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false"]
    let daemon = try Guoband(folder, arguments)
    try daemon.wait(for: "ready")
    kill(daemon.process.processIdentifier, SIGKILL)
    _ = try daemon.exitCode()
    let again = try Guoband(folder, arguments)
    try again.wait(for: "ready")
    kill(again.process.processIdentifier, SIGTERM)
    #expect(try again.exitCode() == 0)
  }

  @Test func systemdIsToldAndTheLogIsJSON() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/notify"
    let notify = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(notify) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(notify, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    try #require(bound == 0)
    var timeout = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(notify, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    func told() -> String {
      var bytes = [UInt8](repeating: 0, count: 100)
      return String(decoding: bytes.prefix(max(0, recv(notify, &bytes, 100, 0))), as: UTF8.self)
    }

    let daemon = try Guoband(
      folder, ["run", "--data-dir", folder.path + "/d", "--set", "listen.tcpPort=0", "--log-format", "json"],
      environment: ["NOTIFY_SOCKET": path])
    #expect(told() == "READY=1")
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(told() == "STOPPING=1")
    #expect(try daemon.exitCode() == 0)
    let lines = try daemon.text().split(separator: "\n")
    #expect(lines.count >= 4)
    for line in lines { #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)") }
  }

  @Test func dueSnapshotsAreTakenAndOneThatWasMissedIsCaughtUp() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false", "--set", "snapshots.schedule=* * * * *"]
    let daemon = try Guoband(folder, arguments)
    try daemon.wait(for: "ready")
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(try daemon.exitCode() == 0)
    // The ledger is two hours old, and was never archived.
    let past = Date(timeIntervalSinceNow: -7200)
    try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: folder.path + "/d/holder.key")
    let again = try Guoband(folder, arguments)
    try again.wait(for: "snapshot taken")
    #expect(try again.text().contains("head_hash=0000"))
    kill(again.process.processIdentifier, SIGTERM)
    #expect(try again.exitCode() == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/d/snapshots")
    #expect(names.filter { $0.hasSuffix(".manifest") }.count >= 1)
  }

  @Test func whatIsWrongIsSaidBeforeAnythingIsOpened() throws {
    let folder = try TemporaryFolder()
    let bad = try Guoband(folder, ["--data-dir", folder.path + "/d", "--set", "listen.tcpPort=70000"])
    #expect(try bad.exitCode() == 78)
    #expect(try bad.text().contains("listen.tcpPort") && bad.text().contains("0…65535"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/d"))
    let check = try Guoband(folder, ["check", "--data-dir", folder.path + "/d"])
    #expect(try check.exitCode() == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/d"))
    let help = try Guoband(folder, ["--help"])
    #expect(try help.exitCode() == 0)
    #expect(try help.text().contains("guoband config --format yaml"))
  }
}
