import Foundation
import Glibc
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The HTTP port of a real daemon.
struct MetricsTests {
  static let settings = ["listen.tcpEnabled=false", "metrics.enabled=true", "metrics.port=0"]

  @Test func thePageCountsWhatWasDone() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: Self.settings)
    let port = try await daemon.metricsPort()
    let client = try await daemon.connect()
    let rpc = Calls(client)
    try await rpc.createRegion("410928", "濮阳县")
    for _ in 0..<2 {
      #expect(try await refusal { try await rpc.createRegion("410928", "濮阳县") }.code == .alreadyExists)
    }
    for _ in 0..<3 {
      let _: Ledger.VerifyPassResponse = try await client.call(
        "/guoban.v1.PassService/VerifyPass", Ledger.VerifyPassRequest(number: "410900000001"))
    }
    let page = try await Page(place, port)
    let create = ["method": "/guoban.v1.RegionService/CreateRegion"]
    let verify = ["method": "/guoban.v1.PassService/VerifyPass"]
    #expect(page["guoban_calls_total", create, ["code": "OK"]] == 1)
    #expect(page["guoban_calls_total", create, ["code": "ALREADY_EXISTS"]] == 2)
    #expect(page["guoban_calls_total", verify, ["code": "OK"]] == 3)
    #expect(page["guoban_calls_total", ["method": "/grpc.health.v1.Health/Check"], ["code": "OK"]] == 0)
    #expect(page["guoban_call_duration_seconds_count", create] == 3)
    #expect(page["guoban_call_duration_seconds_bucket", verify, ["le": "+Inf"]] == 3)
    #expect(page["guoban_calls_running", create] == 0)
    #expect(page["guoban_ledger_revision"] == 3)
    #expect(page["guoban_changes_total"] == 3)
    // Beside the three, the daemon's own: its keys, and what is due to be erased.
    #expect((page["guoban_commit_group_requests_sum"] ?? 0) >= 4)
    #expect((page["guoban_commit_duration_seconds_count"] ?? 0) >= 1)
    #expect(page["guoban_commit_failures_total"] == 0)
    #expect(page["guoban_connections_open"] == 1)
    #expect(page["guoban_connections_opened_total"] == 1)
    #expect(page["guoban_snapshot_verified_age_seconds"] == .infinity)
    #expect(page["guoban_ready"] == 1)
    #expect((page["guoban_sent_bytes_total"] ?? 0) > 100)
    #expect((page["process_resident_memory_bytes"] ?? 0) > 1_000_000)
    #expect((page["process_open_fds"] ?? 0) > 5)

    let snapshot: Ledger.Snapshot = try await client.call(
      "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest())
    let watch = try client.stream("/grpc.health.v1.Health/Watch", message: [])
    var messages = watch.makeAsyncIterator()
    _ = try await messages.next()
    let later = try await Page(place, port)
    #expect((later["guoban_snapshot_verified_age_seconds"] ?? .infinity) < 600)
    #expect(later["guoban_snapshots_total", ["outcome": "taken"]] == 1)
    #expect(later["guoban_streams_running"] == 1)
    #expect(later["guoban_calls_running", ["method": "/grpc.health.v1.Health/Watch"]] == 1)

    // One byte of the packed file is enough.
    let bytes = try FileHandle(forUpdating: URL(fileURLWithPath: snapshot.path))
    try bytes.seek(toOffset: 40)
    let byte = try #require(try bytes.read(upToCount: 1)?.first)
    try bytes.seek(toOffset: 40)
    try bytes.write(contentsOf: [byte ^ 1])
    try bytes.close()
    let verified: Ledger.VerifySnapshotResponse = try await client.call(
      "/guoban.v1.SnapshotService/VerifySnapshot", Ledger.VerifySnapshotRequest(id: snapshot.id))
    #expect(!verified.intact)
    let damaged = try await Page(place, port)
    #expect(damaged["guoban_snapshot_verifications_total", ["outcome": "damaged"]] == 1)
    #expect(damaged["guoban_snapshot_last_verification_intact"] == 0)
    withExtendedLifetime(watch) {}
    await client.shutdown()
    try await wait(upTo: .seconds(10), for: "the connection to be counted as closed") {
      try HTTPExchange.get("/metrics", port).body.contains("\nguoban_connections_open 0\n")
    }
    try await daemon.stop()
  }

  @Test func thePageTellsOfTheCacheTheQueuesAndTheDoor() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(
      place, settings: ["listen.tcpPort=0", "metrics.enabled=true", "metrics.port=0", "rpc.connectionsPerAddressMax=1"])
    let port = try await daemon.metricsPort()
    let client = try await daemon.connect()
    try await Calls(client).createRegion("410928", "濮阳县")
    let before = try await Page(place, port)
    for key in ["410928", "410928", "410999"] {
      _ = try? await client.call(
        "/guoban.v1.RegionService/GetRegion", message: Ledger.GetRecordRequest(key: key).packed())
    }
    let watch = try client.stream(
      "/guoban.v1.WatchService/Watch", Ledger.WatchRequest(start: .afterRevision(0)), as: Ledger.WatchResponse.self)
    var events = watch.makeAsyncIterator()
    _ = try await events.next()
    let endpoint = try #require(daemon.tcp)
    let wrong = try await refusal {
      try await GuobanClient.connect(to: endpoint, token: "wrong", name: "stranger/1")
    }
    #expect(wrong.code == .unauthenticated)
    try await wait(upTo: .seconds(10), for: "the stranger to be gone") {
      try HTTPExchange.get("/metrics", port).body.contains("\nguoban_connections_open 1\n")
    }
    let token = try String(contentsOfFile: daemon.dataDirectory + "/token", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let first = try await GuobanClient.connect(to: endpoint, token: token, name: "end-to-end/1")
    let second = try await refusal {
      try await GuobanClient.connect(to: endpoint, token: token, name: "end-to-end/1")
    }
    #expect(second.code == .resourceExhausted)

    let page = try await Page(place, port)
    let more = { (name: String) in (page[name] ?? 0) - (before[name] ?? 0) }
    #expect(more("guoban_cache_hits_total") >= 2)
    #expect(more("guoban_cache_misses_total") >= 1)
    #expect(more("guoban_call_queue_wait_seconds_count") >= 1)
    #expect(more("guoban_received_bytes_total") > 100)
    #expect((page["guoban_cache_records"] ?? 0) >= 1 && (page["guoban_cache_bytes"] ?? 0) > 0)
    #expect(page["guoban_watchers"] == 1)
    let failures = ["reason": "token_wrong", "transport": "tcp"]
    #expect(page["guoban_authentication_failures_total", failures] == 1)
    #expect(page["guoban_connections_refused_total", ["reason": "address"]] == 1)
    #expect(page["guoban_connections_closed_total", ["reason": "UNAUTHENTICATED"]] == 1)
    withExtendedLifetime(watch) {}
    for client in [first, client] { await client.shutdown() }
    try await daemon.stop()
  }

  @Test func thePortAnswersClearlyWhateverIsSent() async throws {
    let place = try Workplace()
    let limits = ["metrics.requestBytesMax=1KiB", "metrics.requestTimeout=500ms"]
    let daemon = try await Guoband(place, settings: Self.settings + limits)
    let port = try await daemon.metricsPort()
    let page = try HTTPExchange.get("/metrics?x=1", port)
    #expect(page.status == 200 && page.head.contains("content-type: text/plain; version=0.0.4"))
    let head = try HTTPExchange.get("/metrics", port, method: "HEAD")
    #expect(head.status == 200 && head.body.isEmpty && head.head.contains("content-length: "))
    #expect(try HTTPExchange.get("/healthz", port).body == "ok\n")
    let ready = try HTTPExchange.get("/readyz", port)
    #expect(ready.status == 200 && ready.body == "ledger: ok\nserving: ok\nwriter: ok\ndisk: ok\n")
    let cases: [(String, Int)] = [
      ("GET / HTTP/1.1\r\n\r\n", 404),
      ("DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405),
      ("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 400),
      ("\u{16}\u{3}\u{1}nonsense\r\n\r\n", 400),
      ("GET /metrics HTTP/1.1\r\nX: \(String(repeating: "a", count: 4000))\r\n\r\n", 431),
      ("GET /metr", 408), ("", 408),
    ]
    for (request, status) in cases {
      let answer = try HTTPExchange.send(request, to: port)
      #expect(answer.status == status, "\(request.prefix(30)): \(answer)")
      #expect(!answer.body.isEmpty && answer.head.contains("connection: close"), "\(request.prefix(30))")
    }
    try await daemon.stop()
  }

  @Test func aConnectionTooManyIsToldSo() async throws {
    let place = try Workplace()
    let limits = ["metrics.connectionsMax=2", "metrics.requestTimeout=60s"]
    let daemon = try await Guoband(place, settings: Self.settings + limits)
    let port = try await daemon.metricsPort()
    // Accepted in their order, so the third finds both places taken.
    let idle = try (0..<2).map { _ in try HTTPExchange.connect(port) }
    let refused = try HTTPExchange.get("/healthz", port)
    #expect(refused.status == 503 && refused.body.contains("metrics.connectionsMax"), "\(refused)")
    for descriptor in idle { close(descriptor) }
    try await wait(upTo: .seconds(10), for: "a place to be free") {
      try HTTPExchange.get("/healthz", port).status == 200
    }
    try await daemon.stop()
  }

  @Test func aDrainingDaemonLivesAndIsNotReady() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: Self.settings + ["drainGrace=20s"])
    let port = try await daemon.metricsPort()
    let client = try await daemon.connect()
    let export = try await Calls(client).unreadExport()
    daemon.signal(SIGTERM)
    try await wait(upTo: .seconds(10), for: "the drain") { daemon.text.contains("draining") }
    try await wait(upTo: .seconds(10), for: "readyz to fail") { try HTTPExchange.get("/readyz", port).status == 503 }
    #expect(try HTTPExchange.get("/readyz", port).body.contains("serving: the daemon is draining"))
    #expect(try HTTPExchange.get("/healthz", port).status == 200)
    withExtendedLifetime(export) {}
    await client.shutdown()
    #expect(try await daemon.exitCode() == 0)
  }

  @Test func aFullDiskIsNotReady() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: Self.settings + ["metrics.diskFreeBytesMin=1000GiB"])
    let ready = try HTTPExchange.get("/readyz", try await daemon.metricsPort())
    #expect(ready.status == 503 && ready.body.contains("\ndisk: ") && ready.body.contains("bytes are free"))
    let (code, text) = try await place.attempt("guobanctl", ["status", "--data-dir", daemon.dataDirectory])
    #expect(code == 1 && text.contains("不正常") && text.contains("磁盘"), "\(text)")
    try await daemon.stop()
  }
}

/// A metrics page as Prometheus' own Python library reads it.
private struct Page {
  private let values: [Key: Double]

  private struct Key: Hashable {
    var name: String
    var labels: [String: String]
  }

  init(_ place: Workplace, _ port: Int) async throws {
    let answer = try HTTPExchange.get("/metrics", port)
    try #require(answer.status == 200)
    let file = "\(place.path)/page-\(UUID().uuidString.prefix(8))"
    try answer.body.write(toFile: file, atomically: true, encoding: .utf8)
    let script = """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      rows = [[s.name, dict(s.labels), repr(s.value)] for f in parse(open(sys.argv[1]).read()) for s in f.samples]
      print(json.dumps(rows))
      """
    let text = try await place.run("/usr/bin/python3", ["-c", script, file])
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]])
    var values: [Key: Double] = [:]
    for row in rows {
      let name = try #require(row[0] as? String)
      let labels = try #require(row[1] as? [String: String])
      let value = try #require((row[2] as? String).flatMap(Double.init))
      #expect(values.updateValue(value, forKey: Key(name: name, labels: labels)) == nil, "\(name) \(labels) twice")
    }
    self.values = values
  }

  subscript(_ name: String, _ labels: [String: String]...) -> Double? {
    values[Key(name: name, labels: labels.reduce(into: [:]) { $0.merge($1) { $1 } })]
  }
}
