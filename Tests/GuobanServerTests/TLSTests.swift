import Foundation
import GuobanAccess
import GuobanClient
import GuobanMessages
import GuobanModel
import GuobanServer
import GuobanTestSupport
import GuobanWire
import NIOCore
import Synchronization
import Testing

/// How much later a test's clock is.
private final class Later: Sendable {
  let seconds = Atomic<Int64>(0)
}

@Sendable private func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

/// TLS with certificates that `openssl` made, judged by `openssl s_client` and by our own client.
@Suite(.timeLimit(.minutes(2))) struct TLSTests {
  /// Lets everybody in, and remembers who they were.
  private final class Doorkeeper: Authenticator {
    let peers = Mutex<[Peer]>([])

    func authenticate(token: String, peer: Peer) -> Principal? {
      peers.withLock { $0.append(peer) }
      return Principal(name: "guest", roles: [.clerk])
    }

    var names: [String]? {
      guard case .tls(_, _, let names)? = peers.withLock({ $0.last }) else { return nil }
      return names
    }
  }

  private struct Place {
    let folder: TemporaryFolder
    let authority: Certificates
    let identity: TLSIdentity
    let endpoint: Endpoint
    let doorkeeper: Doorkeeper

    var port: Int {
      guard case .tls(_, let port) = endpoint else { return 0 }
      return port
    }

    func settings(_ change: (inout TLSSettings) -> Void = { _ in }) -> TLSSettings {
      var settings = identity.settings
      change(&settings)
      return settings
    }

    /// What `openssl s_client` says of a handshake.
    func sClient(_ arguments: [String] = []) async throws -> String {
      let run = try await ProgramRun(
        "openssl",
        ["s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", authority.authority, "-servername", "localhost"]
          + arguments)
      return run.text + run.complaint
    }

    func connect(host: String = "localhost", _ change: (inout ClientTLS) -> Void = { _ in }) async throws
      -> GuobanClient
    {
      var configuration = ClientConfiguration()
      configuration.tls.caFile = authority.authority
      change(&configuration.tls)
      return try await GuobanClient.connect(
        to: .tls(host: host, port: port), name: "test", configuration: configuration)
    }

    func refusal(host: String = "localhost", _ change: (inout ClientTLS) -> Void) async -> String {
      do {
        let client = try await connect(host: host, change)
        // In TLS 1.3 a refused client certificate is told after the handshake.
        _ = try await client.call("/grpc.health.v1.Health/Check", message: [])
        await client.shutdown()
        return "connected"
      } catch {
        return "\(error)"
      }
    }
  }

  private func serve(
    clients: TLSSettings.ClientCertificate = .none, version: TLSSettings.Version = .tls13,
    alternatives: String = "DNS:localhost,IP:127.0.0.1", now: @escaping @Sendable () -> Int64 = now,
    _ change: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Place) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    let authority = try await Certificates(in: folder)
    let server = try await authority.issue("server", alternatives: alternatives, serial: 0x1001)
    let identity = try TLSIdentity(
      TLSSettings(
        certificateFile: server.certificate, keyFile: server.key,
        clientCAFile: clients == .none ? nil : authority.authority, clientCertificate: clients, minimumVersion: version),
      now: now)
    var configuration = ServerConfiguration()
    configuration.drainTimeout = .seconds(5)
    change(&configuration)
    let doorkeeper = Doorkeeper()
    let running = Server(configuration: configuration, methods: [], authenticator: doorkeeper, observer: nil)
    let endpoint = try await running.start([ListeningSocket(.tls(host: "127.0.0.1", port: 0), tls: identity)])[0]
    do {
      try await body(
        Place(folder: folder, authority: authority, identity: identity, endpoint: endpoint, doorkeeper: doorkeeper))
    } catch {
      await running.drain(timeout: .zero)
      throw error
    }
    await running.drain(timeout: .zero)
  }

  @Test func onlyTLS13IsSpokenUnless12IsAskedFor() async throws {
    try await serve { place in
      let modern = try await place.sClient(["-alpn", "guoban/1"])
      #expect(modern.contains("TLSv1.3") && modern.contains("Verify return code: 0 (ok)"), "\(modern)")
      #expect(modern.contains("ALPN protocol: guoban/1"), "\(modern)")
      let old = try await place.sClient(["-tls1_2"])
      #expect(old.contains("alert protocol version") && old.contains("Cipher is (NONE)"), "\(old)")
    }
    try await serve(version: .tls12) { place in
      let old = try await place.sClient(["-tls1_2"])
      #expect(old.contains("TLSv1.2, Cipher is ECDHE-ECDSA-") && old.contains("GCM"), "\(old)")
      for weak in ["ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256"] {
        let refused = try await place.sClient(["-tls1_2", "-cipher", weak])
        #expect(refused.contains("Cipher is (NONE)"), "\(weak): \(refused)")
      }
      let older = try await place.sClient(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
      #expect(older.contains("Cipher is (NONE)"), "\(older)")
      let modern = try await place.sClient()
      #expect(modern.contains("TLSv1.3"), "\(modern)")
    }
  }

  @Test func theClientTakesOnlyTheCertificateOfTheHostItAskedFor() async throws {
    try await serve { place in
      for host in ["localhost", "127.0.0.1"] {
        let client = try await place.connect(host: host)
        #expect(client.hello.principal == "guest")
        await client.shutdown()
      }
      let unknown = await place.refusal { $0.caFile = nil }
      #expect(unknown.contains("authority that is trusted here"), "\(unknown)")
      // The certificate holds the address that is connected to, but that is not what was asked for.
      let other = await place.refusal { $0.serverName = "other.example" }
      #expect(other.contains("other names"), "\(other)")
      #expect(
        place.doorkeeper.peers.withLock { $0.count } == 2, "nothing was said to a daemon that is not the right one")
      let address = await place.refusal { $0.serverName = "127.0.0.1" }
      #expect(address.contains("is an address"), "\(address)")
    }
    try await serve(alternatives: "DNS:ledger.example") { place in
      #expect(await place.refusal(host: "localhost") { _ in }.contains("other names"))
      #expect(await place.refusal(host: "127.0.0.1") { _ in }.contains("other names"))
      #expect(await place.refusal(host: "127.0.0.1") { $0.serverName = "ledger.example" } == "connected")
    }
  }

  @Test func aVerifiedClientCertificateGivesItsNames() async throws {
    try await serve(clients: .request) { place in
      let full = try await place.authority.issue(
        "full", commonName: "not this", alternatives: "DNS:scan.example,URI:spiffe://guoban/scan,email:li@example.cn",
        serial: 1)
      let plain = try await place.authority.issue("plain", commonName: "扫码一号", serial: 2)
      for (files, names) in [
        (full, ["scan.example", "spiffe://guoban/scan", "li@example.cn"]), (plain, ["扫码一号"]),
      ] {
        let client = try await place.connect {
          $0.certificateFile = files.certificate
          $0.keyFile = files.key
        }
        #expect(place.doorkeeper.names == names)
        await client.shutdown()
      }
      let anonymous = try await place.connect()
      #expect(place.doorkeeper.names == [])
      await anonymous.shutdown()
    }
  }

  @Test func aClientWithoutAGoodCertificateIsRefusedWhenOneIsRequired() async throws {
    try await serve(clients: .require) { place in
      let good = try await place.authority.issue("good", serial: 1)
      let expired = try await place.authority.issue("expired", serial: 2, days: -1)
      let server = try await place.authority.issue("server-only", serial: 3, usage: "serverAuth")
      let stranger = try await Certificates(in: place.folder, name: "other").issue("stranger", serial: 4)
      let cases: [(String, (certificate: String, key: String)?, String)] = [
        ("none", nil, "wants a client certificate"), ("expired", expired, "refused the client certificate"),
        ("wrong purpose", server, "refused the client certificate"),
        ("wrong authority", stranger, "refused the client certificate"), ("good", good, "connected"),
      ]
      for (what, files, expected) in cases {
        let answer = await place.refusal {
          $0.certificateFile = files?.certificate
          $0.keyFile = files?.key
        }
        #expect(answer.contains(expected), "\(what): \(answer)")
        let arguments = files.map { ["-cert", $0.certificate, "-key", $0.key] } ?? []
        let second = try await place.sClient(arguments + ["-ign_eof"])
        #expect(second.contains("SSL alert number") == (expected != "connected"), "\(what): \(second)")
      }
      #expect(place.doorkeeper.peers.withLock { $0.count } == 1)
    }
  }

  /// A resumed session is not verified again by the TLS library, and shows no certificate.
  @Test func aResumedSessionIsWorthNoMoreThanItsCertificate() async throws {
    let later = Later()
    try await serve(
      clients: .require, now: { now() + later.seconds.load(ordering: .relaxed) },
      { $0.handshakeTimeout = .seconds(1) }
    ) { place in
      let files = try await place.authority.issue("client", serial: 1)
      let session = place.folder.path + "/session"
      let resume = ["-ign_eof", "-sess_in", session]
      // The daemon's last words, after a second without Hello, bring the session with them.
      let full = try await place.sClient(
        ["-ign_eof", "-cert", files.certificate, "-key", files.key, "-sess_out", session])
      #expect(full.contains("no Hello within"), "\(full)")
      let resumed = try await place.sClient(resume)
      #expect(resumed.contains("Reused, TLSv1.3") && resumed.contains("no Hello within"), "\(resumed)")

      later.seconds.store(31 * 86_400, ordering: .relaxed)
      let expired = try await place.sClient(resume)
      #expect(expired.contains("Reused, TLSv1.3") && !expired.contains("no Hello within"), "\(expired)")

      later.seconds.store(0, ordering: .relaxed)
      let other = try await Certificates(in: place.folder, name: "other")
      try place.identity.reload(place.settings { $0.clientCAFile = other.authority })
      let replaced = try await place.sClient(resume)
      #expect(!replaced.contains("Reused") && replaced.contains("alert"), "\(replaced)")
    }
  }

  @Test func newFilesServeNewConnectionsAndBadFilesChangeNothing() async throws {
    try await serve { place in
      let before = try await place.connect()
      let fresh = try await place.authority.issue("fresh", alternatives: "DNS:localhost", serial: 0x2002)
      let foreign = try await place.authority.issue("foreign", serial: 5)
      let expired = try await place.authority.issue("expired", serial: 6, days: -1)
      let empty = try place.folder.write("nothing\n", to: "empty.pem")
      let sealed = place.folder.path + "/sealed.key"
      #expect(
        try await ProgramRun(
          "openssl", ["pkcs8", "-topk8", "-in", fresh.key, "-out", sealed, "-passout", "pass:x"]
        ).exitCode == 0)
      let cases: [(TLSProblem.Code, String, String)] = [
        (.mismatch, fresh.certificate, foreign.key), (.notPEM, empty, fresh.key), (.notPEM, fresh.certificate, empty),
        (.unreadable, "/nonexistent.pem", fresh.key), (.unreadable, place.folder.path, fresh.key),
        (.encryptedKey, fresh.certificate, sealed), (.expired, expired.certificate, expired.key),
      ]
      for (code, certificate, key) in cases {
        let problem = #expect(throws: TLSProblem.self, "\(certificate)") {
          try place.identity.reload(
            place.settings {
              $0.certificateFile = certificate
              $0.keyFile = key
            })
        }
        #expect(problem?.code == code, "\(certificate): \(problem.map { "\($0)" } ?? "")")
        #expect(place.identity.certificate.serial == "1001")
      }
      try place.identity.reload(
        place.settings {
          $0.certificateFile = fresh.certificate
          $0.keyFile = fresh.key
        })
      let shown = try await place.sClient()
      let serial = try await ProgramRun("openssl", ["x509", "-noout", "-serial"], input: Array(shown.utf8))
      #expect(serial.text == "serial=2002\n")
      _ = try await before.call("/grpc.health.v1.Health/Check", message: [])
      await before.shutdown()
    }
  }

  @Test func whatDeservesAWarningGetsOne() async throws {
    let folder = try TemporaryFolder()
    let files = try await Certificates(in: folder).issue(
      "server", alternatives: "DNS:a.example", serial: 0xAB, days: 30)
    let settings = TLSSettings(
      certificateFile: files.certificate, keyFile: files.key, clientCAFile: nil, clientCertificate: .none,
      minimumVersion: .tls13)
    let day: Int64 = 86_400
    #expect(try TLSIdentity(settings, now: now).warnings == [])
    #expect(try TLSIdentity(settings) { now() + 17 * day }.warnings.map(\.code) == [.expiresSoon])
    #expect(try TLSIdentity(settings) { now() + 31 * day }.warnings.map(\.code) == [.expired])
    #expect(try TLSIdentity(settings) { now() - day }.warnings.map(\.code) == [.expired])
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: files.key)
    #expect(try TLSIdentity(settings, now: now).warnings.map(\.code) == [.keyOpenToOthers])
    let certificate = try TLSIdentity(settings, now: now).certificate
    #expect(certificate.serial == "AB" && certificate.names == ["a.example"])
  }

  @Test func whoSpeaksInPlainOnTheTLSPortIsToldWhatToDo() async throws {
    try await serve { place in
      let http = try await RawClient(to: place.endpoint)
      http.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
      let line = await http.text()
      #expect(line.hasPrefix("guoband: ") && line.contains("tls://HOST:PORT") && line.hasSuffix("\n"), "\(line)")
      let client = try await RawClient(to: place.endpoint)
      client.call("/test/Echo")
      #expect(try await client.goAway().reason.contains("tls://HOST:PORT"))
      let status = await #expect(throws: Status.self) {
        try await GuobanClient.connect(to: .tcp(host: "127.0.0.1", port: place.port), name: "test")
      }
      #expect(status?.message.contains("tls://") == true)
    }
  }

  @Test func whoSpeaksTLSOnAPlainPortIsToldSo() async throws {
    try await TestServer.with { test in
      guard case .tcp(let host, let port) = test.endpoint else { return }
      let status = await #expect(throws: Status.self) {
        try await GuobanClient.connect(to: .tls(host: host, port: port), name: "test")
      }
      #expect(status?.message.contains("does not speak TLS") == true, "\(status.map { "\($0)" } ?? "")")
      let run = try await ProgramRun("openssl", ["s_client", "-connect", "\(host):\(port)"])
      #expect(run.exitCode != 0 && run.complaint.contains("wrong version number"), "\(run.complaint)")
    }
  }

  @Test func theHandshakeAndTheHelloShareOneTime() async throws {
    try await serve({ $0.handshakeTimeout = .milliseconds(600) }) { place in
      let clock = ContinuousClock()
      let start = clock.now
      // Silent from the beginning, and silent after half a ClientHello.
      for bytes in [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]] {
        let client = try await RawClient(to: place.endpoint)
        if !bytes.isEmpty { client.send(bytes) }
        #expect(await client.text().isEmpty)
      }
      // A handshake, and then silence: s_client ends when the server closes.
      let shaken = try await place.sClient(["-ign_eof", "-quiet"])
      #expect(shaken.contains("no Hello within") || shaken.contains("verify return"), "\(shaken)")
      #expect(clock.now - start < .seconds(30))
      #expect(place.doorkeeper.peers.withLock { $0.isEmpty })
    }
  }

  @Test func aTLSEndpointWithoutACertificateIsRefused() async throws {
    let server = Server(
      configuration: ServerConfiguration(), methods: [], authenticator: Doorkeeper(), observer: nil)
    let status = await #expect(throws: Status.self) { try await server.start([.tls(host: "127.0.0.1", port: 0)]) }
    #expect(status?.message.contains("certificate") == true)
    await server.drain(timeout: .zero)
  }

  @Test func largeMessagesAndManyCallsCrossTLS() async throws {
    try await serve { place in
      let client = try await place.connect()
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<200 {
          group.addTask { try await client.call("/guoban.rpc.v1.ReflectionService/Describe", message: []).count }
        }
        var sizes: Set<Int> = []
        for try await size in group { sizes.insert(size) }
        #expect(sizes.count == 1 && (sizes.first ?? 0) > 20_000)
      }
      await client.shutdown()
    }
  }
}
