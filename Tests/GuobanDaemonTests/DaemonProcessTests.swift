import Foundation
import Glibc
import GuobanClient
import GuobanDaemon
import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Testing

/// The real program: started, signalled, started again.
@Suite(.serialized)
struct DaemonProcessTests {
  @Test func itStartsOnNothingServesAndStopsCleanly() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--set", "listen.tcpPort=0"]
    // As systemd says it; root's own default would be this machine's.
    let environment = ["STATE_DIRECTORY": folder.path + "/guoban"]
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

  @Test func aSecondSignalDoesNotWaitForRunningCalls() async throws {
    let folder = try TemporaryFolder()
    let (daemon, client, export) = try await startWithRunningCall(folder, grace: "10m")
    kill(daemon.process.processIdentifier, SIGTERM)
    try daemon.wait(for: "draining")
    try await Task.sleep(for: .seconds(1))
    #expect(daemon.process.isRunning, "a running call is waited for")
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(try daemon.exitCode(seconds: 5) == 1)
    #expect(try daemon.text().contains("second signal"))
    withExtendedLifetime((client, export)) {}
  }

  @Test func theDrainEndsWithItsGrace() async throws {
    let folder = try TemporaryFolder()
    let (daemon, client, export) = try await startWithRunningCall(folder, grace: "1s")
    let start = ContinuousClock.now
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(try daemon.exitCode(seconds: 10) == 0)
    #expect(ContinuousClock.now - start < .seconds(6))
    withExtendedLifetime((client, export)) {}
  }

  @Test func aSnapshotAskedForIsVerifiedAndRestoredOffline() async throws {
    let folder = try TemporaryFolder()
    let (daemon, client, _) = try await startWithRunningCall(folder, grace: "1s")
    let snapshot: Ledger.Snapshot = try await client.call(
      "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest())
    let verified: Ledger.VerifySnapshotResponse = try await client.call(
      "/guoban.v1.SnapshotService/VerifySnapshot", Ledger.VerifySnapshotRequest(id: snapshot.id))
    #expect(verified.intact)
    try daemon.wait(for: "snapshot taken")
    // The daemon runs on: a restore reads only its snapshots.
    let restore = SnapshotRestore(
      snapshots: folder.path + "/d/snapshots", dataDirectory: folder.path + "/new", keysFrom: folder.path + "/d")
    #expect(try restore.restore(snapshot.id).hasHolderKey)
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(try daemon.exitCode() == 0)
    let restored = try Guoband(folder, ["--data-dir", folder.path + "/new", "--set", "listen.tcpEnabled=false"])
    try restored.wait(for: "ready")
    kill(restored.process.processIdentifier, SIGTERM)
    #expect(try restored.exitCode() == 0)
  }

  /// A daemon with a client on it that asked for more than its credit and reads no further, a call that does not end by
  /// itself.
  private func startWithRunningCall(
    _ folder: TemporaryFolder, grace: String
  ) async throws -> (Guoband, GuobanClient, ServerStream) {
    let daemon = try Guoband(
      folder,
      ["--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false", "--set", "drainGrace=\(grace)"])
    try daemon.wait(for: "ready")
    let client = try await GuobanClient.connect(to: .unix(path: folder.path + "/d/guoban.sock"), name: "test/1")
    let long = String(repeating: "x", count: 200)
    let labels = ["a": long, "b": long, "c": long, "d": long, "e": long]
    let zones = (0..<900).map { number in
      Ledger.Region(
        code: "Z\(1000 + number)", labels: labels, name: "区\(number)",
        kind: .zone)
    }
    let written: Ledger.BatchUpsertResponse = try await client.call(
      "/guoban.v1.RegionService/BatchUpsertRegions", Ledger.BatchUpsertRegionsRequest(regions: zones))
    #expect(written.created == 900)
    let export = try client.stream(
      "/guoban.v1.LedgerService/Export", message: Ledger.ExportRequest(recordType: "Region").packed())
    var messages = export.makeAsyncIterator()
    #expect(try await messages.next() != nil)
    return (daemon, client, export)
  }

  @Test func systemdIsToldAndTheLogIsJSON() throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket(folder)
    let daemon = try Guoband(
      folder, ["run", "--data-dir", folder.path + "/d", "--set", "listen.tcpPort=0", "--log-format", "json"],
      environment: ["NOTIFY_SOCKET": notify.path])
    #expect(notify.next()?.hasPrefix("READY=1\nSTATUS=serving on unix:") == true)
    kill(daemon.process.processIdentifier, SIGTERM)
    #expect(notify.next() == "STOPPING=1")
    #expect(try daemon.exitCode() == 0)
    let lines = try daemon.text().split(separator: "\n")
    #expect(lines.count >= 4)
    for line in lines {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)")
    }
  }

  /// Shells start programs with 1024 open files, which is fewer than the connections that the daemon takes.
  @Test(arguments: [(hard: 4096, warns: false), (hard: 128, warns: true)])
  func openFilesAreRaisedAsFarAsAllowedAndTooFewAreTold(_ limit: (hard: Int, warns: Bool)) throws {
    let folder = try TemporaryFolder()
    let daemon = try Guoband(
      folder, ["run", "--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false"],
      launcher: """
        import os, resource, sys
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, \(limit.hard)))
        os.execv(sys.argv[1], sys.argv[1:])
        """)
    try daemon.wait(for: "ready")
    let limits = try String(contentsOfFile: "/proc/\(daemon.process.processIdentifier)/limits", encoding: .utf8)
    let files = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }?.split(separator: " ")
    #expect(files?.dropFirst(3).prefix(2) == ["\(limit.hard)", "\(limit.hard)"])
    #expect(try daemon.text().contains("open_files_max=\(limit.hard)") == limit.warns)
    daemon.signal(SIGTERM)
    #expect(try daemon.exitCode() == 0)
  }

  @Test func dueSnapshotsAreTakenAndOneThatWasMissedIsCaughtUp() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "--data-dir", folder.path + "/d", "--set", "listen.tcpEnabled=false", "--set", "snapshots.schedule=* * * * *",
    ]
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
    // A file that is quoted does not steer the terminal.
    let file = folder.path + "/hostile.yaml"
    try Data("\"a\\e[31m\\u202eb\": 1\n".utf8).write(to: URL(fileURLWithPath: file))
    let hostile = try Guoband(folder, ["check", "--config", file])
    #expect(try hostile.exitCode() == 78)
    #expect(try hostile.text().contains("a?[31m?b") && !hostile.text().contains("\u{1b}"))
    let check = try Guoband(folder, ["check", "--data-dir", folder.path + "/d"])
    #expect(try check.exitCode() == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/d"))
    let help = try Guoband(folder, ["--help"])
    #expect(try help.exitCode() == 0)
    #expect(try help.text().contains("guoband config --format yaml"))
  }
}
