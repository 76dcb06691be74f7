import Foundation
import Glibc
import GuobanClient
import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanDaemon

/// What changes while the daemon runs: certificates and configuration.
@Suite(.serialized) struct ReloadTests {
  @Test func whatHasSettledAndDiffersIsAChangeOnce() {
    func stamp(_ number: Int64) -> FileWatch.Stamp { .init(inode: 1, size: number, modifiedMicroseconds: number) }
    var watch = FileWatch(taken: [stamp(1), stamp(1)])
    var answers: [Bool] = []
    for look in [
      [stamp(1), stamp(1)], [stamp(2), stamp(1)], [stamp(2), stamp(2)], [stamp(2), stamp(2)], [stamp(2), stamp(2)],
      [nil, stamp(2)], [nil, stamp(2)], [stamp(2), stamp(2)], [stamp(2), stamp(2)],
    ] as [[FileWatch.Stamp?]] { answers.append(watch.changed(look)) }
    // The key came one look after the certificate; a file that went and came back is a change each time.
    #expect(answers == [false, false, false, true, false, false, true, false, true])
  }

  @Test func aReloadTakesWhatIsLiveAndNamesTheRest() throws {
    let running = try load().configuration
    let read = try load(flags: [
      "logs.level": "debug", "snapshots.schedule": "", "listen.tcpPort": "1", "rpc.streamsMax": "7",
    ]).configuration
    let plan = ReloadPlan(running: running, read: read)
    #expect(plan.live == ["snapshots.schedule", "logs.level"])
    #expect(plan.waiting == ["listen.tcpPort", "rpc.streamsMax"])
    #expect(plan.configuration.logs.level == "debug" && plan.configuration.listen.tcpPort == 7613)
    let again = ReloadPlan(running: plan.configuration, read: read)
    #expect(again.live.isEmpty && again.waiting == plan.waiting)
  }

  @Test func aReloadChangesTheLogLevelAndABadFileIsRefused() async throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket(folder)
    let file = try folder.write("listen:\n  tcpEnabled: false\n", to: "c.yaml")
    let daemon = try Guoband(
      folder, ["--config", file, "--data-dir", folder.path + "/d", "--lang", "en"],
      environment: ["NOTIFY_SOCKET": notify.path])
    #expect(notify.next()?.hasPrefix("READY=1") == true)
    let endpoint = Endpoint.unix(path: folder.path + "/d/guoban.sock")
    await (try GuobanClient.connect(to: endpoint, name: "before/1")).shutdown()
    #expect(try !daemon.text().contains("before/1"))

    _ = try folder.write(
      "logs: {level: debug, slowCallThreshold: 1ms}\nlisten: {tcpEnabled: false}\nrpc: {streamsMax: 7}\n", to: "c.yaml")
    daemon.signal(SIGHUP)
    let reloading = notify.next() ?? ""
    let time = try #require(UInt64(reloading.dropFirst("RELOADING=1\nMONOTONIC_USEC=".count)), "\(reloading)")
    #expect(time > 0 && reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(notify.next() == "READY=1\nSTATUS=configuration reloaded")
    let changed = try daemon.text().split(separator: "\n").first { $0.contains("configuration reloaded") } ?? ""
    #expect(changed.contains("logs.level") && changed.contains("logs.slowCallThreshold"), "\(changed)")
    #expect(try daemon.text().contains("after a restart settings=rpc.streamsMax"))
    await (try GuobanClient.connect(to: endpoint, name: "after/1")).shutdown()
    try daemon.wait(for: "after/1")

    _ = try folder.write("logs: {level: loud}\n", to: "c.yaml")
    daemon.signal(SIGHUP)
    #expect(notify.next()?.hasPrefix("RELOADING=1") == true)
    let refused = notify.next() ?? ""
    #expect(
      refused.hasPrefix("READY=1\nSTATUS=reload refused") && refused.contains("logs.level cannot be"), "\(refused)")
    try daemon.wait(for: "the new configuration is refused")
    await (try GuobanClient.connect(to: endpoint, name: "still/1")).shutdown()
    try daemon.wait(for: "still/1")
    daemon.signal(SIGTERM)
    #expect(try daemon.exitCode() == 0)
  }

  @Test func certificatesAreReplacedWhileItRuns() async throws {
    let folder = try TemporaryFolder()
    let authority = try await Certificates(in: folder)
    let first = try await authority.issue("first", alternatives: "DNS:localhost", serial: 0x11)
    let second = try await authority.issue("second", alternatives: "DNS:localhost", serial: 0x22)
    let third = try await authority.issue("third", alternatives: "DNS:localhost", serial: 0x33)
    let live = folder.path + "/live"
    func install(_ files: (certificate: String, key: String)) throws {
      for (from, to) in [(files.certificate, ".pem"), (files.key, ".key")] {
        _ = try? FileManager.default.removeItem(atPath: live + to)
        try FileManager.default.copyItem(atPath: from, toPath: live + to)
      }
    }
    try install(first)
    let daemon = try Guoband(
      folder,
      ["--data-dir", folder.path + "/d", "--set", "tls.checkInterval=200ms", "--set", "listen.tcpEnabled=false"]
        + ["--set", "listen.tlsEnabled=true", "--set", "listen.tlsHost=127.0.0.1", "--set", "listen.tlsPort=0"]
        + ["--set", "tls.certificateFile=\(live).pem", "--set", "tls.keyFile=\(live).key"])
    try daemon.wait(for: "ready")
    let endpoint = try daemon.endpoint("tls:")
    func serial() async throws -> String {
      guard case .tls(let host, let port) = endpoint else { return "" }
      let shown = try await ProgramRun("openssl", ["s_client", "-connect", "\(host):\(port)"])
      return try await ProgramRun("openssl", ["x509", "-noout", "-serial"], input: shown.output).text
    }
    #expect(try await serial() == "serial=11\n")
    let token = try String(contentsOfFile: folder.path + "/d/token", encoding: .utf8).filter { !$0.isNewline }
    var configuration = ClientConfiguration()
    configuration.tls = ClientTLS(caFile: authority.authority, serverName: "localhost")
    let old = try await GuobanClient.connect(to: endpoint, token: token, name: "old/1", configuration: configuration)

    try install(second)
    try daemon.wait(for: "certificate replaced")
    #expect(try await serial() == "serial=22\n")
    _ = try await old.call("/grpc.health.v1.Health/Check", message: [])
    await old.shutdown()

    _ = try folder.write("no certificate\n", to: "live.pem")
    try daemon.wait(for: "the new certificate files are refused")
    #expect(try await serial() == "serial=22\n")
    daemon.signal(SIGHUP)
    try daemon.wait(for: "the new configuration is refused")
    #expect(try await serial() == "serial=22\n")

    try install(third)
    daemon.signal(SIGHUP)
    try daemon.wait(for: "serial=33")
    #expect(try await serial() == "serial=33\n")
    daemon.signal(SIGTERM)
    #expect(try daemon.exitCode() == 0)
  }

  @Test func badTLSFilesAreSaidAtTheStart() async throws {
    let folder = try TemporaryFolder()
    let files = try await Certificates(in: folder).issue("server", serial: 1)
    let settings = [
      "--set", "listen.tlsEnabled=true", "--set", "tls.keyFile=\(files.key)", "--data-dir", folder.path + "/d",
    ]
    let missing = try Guoband(folder, settings + ["--set", "tls.certificateFile=/nonexistent.pem"])
    #expect(try missing.exitCode() == 1)
    #expect(try missing.text().contains("读不了 /nonexistent.pem"))
    let check = try Guoband(
      folder, ["check", "--lang", "en", "--set", "tls.certificateFile=\(files.certificate)"] + settings)
    #expect(try check.exitCode() == 0)
    #expect(try check.text().contains("✓ certificate \(files.certificate): test, until 20"))
  }
}
