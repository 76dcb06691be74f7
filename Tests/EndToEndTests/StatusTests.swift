import Foundation
import GuobanClient
import GuobanMessages
import GuobanModel
import GuobanWire
import Testing

/// What operators see: status, top, and the log lines of a call.
struct StatusTests {
  @Test func statusIsOneAlignedScreen() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    try await Calls(client).createRegion("410928", "濮阳县")
    let text = try await place.run("guobanctl", ["status", "--data-dir", daemon.dataDirectory])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(text.contains("guoband/0.1.0  正常") && text.contains("修订 3，记录 3（Region 1"), "\(text)")
    #expect(text.contains("还没有") && text.contains("从未校验"))
    // Labels are padded to one width, and two spaces follow.
    for line in lines { #expect(Self.columnStarts(line).contains(10), "\(line)") }
    let english = try await place.run("guobanctl", ["status", "--lang", "en", "--data-dir", daemon.dataDirectory])
    #expect(english.contains("guoband/0.1.0  fit") && english.contains("revision 3, 3 records (Region 1"))
    #expect(english.utf8.allSatisfy { $0 < 128 }, "\(english)")
    let status: Ledger.DaemonStatus = try await client.call(
      "/guoban.v1.StatusService/GetStatus", Ledger.GetStatusRequest())
    #expect(status.checks.map(\.name) == ["ledger", "serving", "writer", "disk"])
    #expect(status.connectionsOpen == 1 && status.callsRunning == 1 && status.revision == Calls.revisionAtFirst + 1)
    #expect(status.records.first { $0.recordType == "Region" }?.count == 1)
    try await daemon.stop()
    let (code, _) = try await place.attempt("guobanctl", ["status", "--data-dir", daemon.dataDirectory])
    #expect(code == 69)
  }

  @Test func topListsTheBusiestFirstInColumns() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    for _ in 0..<50 {
      let _: Ledger.VerifyPassResponse = try await client.call(
        "/guoban.v1.PassService/VerifyPass", Ledger.VerifyPassRequest(number: "410900000001"))
    }
    try await Calls(client).createRegion("410928", "濮阳县")
    let arguments = ["top", "--interval", "0.2", "--data-dir", daemon.dataDirectory]
    let text = try await place.run("guobanctl", arguments + ["--count", "2"])
    let blocks = text.components(separatedBy: "\n\n")
    #expect(blocks.count == 4, "a summary and a table, twice: \(text)")
    let table = blocks[1].split(separator: "\n").map(String.init)
    // Top's own call runs, and is not finished.
    let names = table.dropFirst().map { $0.prefix { $0 != " " } }
    #expect(names == ["PassService/VerifyPass", "RegionService/CreateRegion", "StatusService/GetMetrics"], "\(text)")
    // Every column but the first ends where its head ends.
    let ends = table.map(Self.columnEnds)
    for row in ends { #expect(row.count == 6 && row.dropFirst() == ends[0].dropFirst(), "\(blocks[1])") }
    #expect(blocks[2].contains("最近 "))
    // In the second interval top itself is all that happened.
    #expect(blocks[3].contains("StatusService/GetMetrics") && !blocks[3].contains("VerifyPass"), "\(blocks[3])")
    let english = try await place.run("guobanctl", arguments + ["--count", "1", "--lang", "en"])
    #expect(english.contains("calls/s") && english.contains("since the start"))
    let (code, _) = try await place.attempt("guobanctl", ["top", "--interval", "0"])
    #expect(code == 64)
    try await daemon.stop()
  }

  @Test func aSlipInTheHostsNameAndASilentDaemonAreTwoThings() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let (unknown, slip) = try await place.attempt("guobanctl", ["health", "--address", "tcp:nobody.invalid:7613"])
    #expect(unknown == 69 && slip.contains("主机名查不到"), "\(slip)")
    daemon.signal(SIGSTOP)
    let (late, silence) = try await place.attempt(
      "guobanctl", ["health", "--timeout", "1", "--data-dir", daemon.dataDirectory])
    daemon.signal(SIGCONT)
    #expect(late == 69 && silence.contains("没有在限时内得到应答"), "\(silence)")
    try await daemon.stop()
  }

  @Test func qEndsTopAndTheTerminalIsAsBefore() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let script = """
      import os, pty, select, sys, termios, time
      pid, terminal = pty.fork()
      if pid == 0:
          os.execv(sys.argv[1], sys.argv[1:])
      before, seen, end, typed = termios.tcgetattr(terminal), b"", time.monotonic() + 60, False
      while time.monotonic() < end:
          if not select.select([terminal], [], [], 0.1)[0]:
              continue
          try:
              seen += os.read(terminal, 65536)
          except OSError:  # the other end is closed
              break
          if b"GetMetrics" in seen and not typed:
              assert not termios.tcgetattr(terminal)[3] & termios.ECHO, "keys are shown"
              os.write(terminal, b"xq")
              typed = True
      else:
          os.kill(pid, 9)
      status = os.waitpid(pid, 0)[1]
      assert status == 0, (status, seen)
      assert termios.tcgetattr(terminal)[3] == before[3], "the terminal is left changed"
      print("ended")
      """
    let arguments = ["top", "--interval", "600", "--data-dir", daemon.dataDirectory]
    let text = try await place.run(
      "/usr/bin/python3", ["-c", script, Workplace.products.appendingPathComponent("guobanctl").path] + arguments)
    #expect(text.contains("ended"), "\(text)")
    try await daemon.stop()
  }

  @Test func topKeepsToASmallTerminal() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    for number in 0..<30 { try await Calls(client).createRegion("4109\(number + 10)", "县\(number)") }
    _ = try await place.run("guobanctl", ["report", "list", "--data-dir", daemon.dataDirectory])
    let script = """
      import fcntl, os, pty, struct, sys, termios
      pid, terminal = pty.fork()
      if pid == 0:
          fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 14, 40, 0, 0))
          os.execv(sys.argv[1], sys.argv[1:])
      seen = b""
      try:
          while data := os.read(terminal, 65536):
              seen += data
      except OSError:  # the other end is closed
          pass
      assert os.waitpid(pid, 0)[1] == 0, seen
      print(seen.decode().split("[2J")[1].replace("\\r", ""), end="")
      """
    for language in ["zh", "en"] {
      let text = try await place.run(
        "/usr/bin/python3",
        [
          "-c", script, Workplace.products.appendingPathComponent("guobanctl").path, "top", "--count", "1", "--lang",
          language, "--data-dir", daemon.dataDirectory,
        ])
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines.count <= 14 && lines.allSatisfy { displayWidth(of: $0) <= 40 }, "\(text)")
      #expect(text.contains("CreateRegion") && !text.contains("p50"), "the busiest, with less of it: \(text)")
    }
    try await daemon.stop()
  }

  @Test func aWatchThatItsClientEndedHasNotFailed() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    do {
      let watch = try client.stream("/guoban.v1.WatchService/Watch", message: Ledger.WatchRequest().packed())
      var events = watch.makeAsyncIterator()
      #expect(try await events.next() != nil)
      // Letting go of it cancels the call.
    }
    let arguments = ["top", "--count", "1", "--data-dir", daemon.dataDirectory]
    var row: [Substring] = []
    repeat {
      let text = try await place.run("guobanctl", arguments)
      row = text.split(separator: "\n").first { $0.hasPrefix("WatchService/Watch") }?.split(separator: " ") ?? []
    } while row.last == "1"
    #expect(row.dropLast().last == "0", "\(row)")
    try await daemon.stop()
  }

  @Test func oneIDLeadsFromTheClientsErrorThroughTheLog() async throws {
    let place = try Workplace()
    try place.installReporters(["HalfYear"])
    let daemon = try await Guoband(place, settings: ["listen.tcpEnabled=false", "logs.level=debug"])
    let client = try await daemon.connect()
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    try await Calls(client).createRegion("410928", "濮阳县")
    func create(_ metadata: [String: String]) async throws -> Status {
      try await refusal {
        let _: Ledger.Region = try await client.call(
          "/guoban.v1.RegionService/CreateRegion",
          Ledger.CreateRegionRequest(region: Ledger.Region(code: "410928", name: "濮阳县", kind: .county)),
          metadata: metadata)
      }
    }
    let named = try await create(["request-id": "counter-7/42", "traceparent": trace])
    #expect(named.code == .alreadyExists && named.requestID == "counter-7/42")
    let lines = try await daemon.lines { $0.contains("counter-7/42") && $0.contains("call not done") }
    #expect(lines.count == 1 && lines[0].contains("traceparent=\(trace)") && lines[0].contains("code=ALREADY_EXISTS"))
    #expect(lines.allSatisfy { !$0.contains("濮阳") }, "a log line holds no data")
    let commits = try await daemon.lines { $0.contains(" commit ") && $0.contains("counter-7/42") }
    #expect(commits.count == 1)

    for unfit in ["", "a b", "行", "x\ny", String(repeating: "a", count: 65)] {
      let status = try await create(["request-id": unfit, "traceparent": "00-xyz"])
      let id = try #require(status.requestID)
      #expect(id.wholeMatch(of: /\d+-\d+/) != nil, "\(id)")
      let line = try await daemon.lines { $0.contains("request_id=\(id) ") && $0.contains("call not done") }
      #expect(line.count == 1 && !line[0].contains("traceparent"))
    }

    let package: Ledger.ListReportersResponse = try await client.call(
      "/guoban.v1.ReportService/ListReporters", Ledger.ListReportersRequest())
    let reporter = try #require(package.reporters.first)
    let _: Ledger.ReporterStatus = try await client.call(
      "/guoban.v1.ReportService/ApproveReporter",
      Ledger.ApproveReporterRequest(id: reporter.id, digest: reporter.digest))
    let report = try await refusal {
      let _: Ledger.Report = try await client.call(
        "/guoban.v1.ReportService/RunReport",
        Ledger.RunReportRequest(reporter: reporter.id, parameters: ["year": "2023", "month": "6", "region": "410928"]),
        metadata: ["request-id": "report-1", "traceparent": trace])
    }
    #expect(report.requestID == "report-1")
    let runs = try await daemon.lines { $0.contains("report ran") && $0.contains("request_id=report-1") }
    #expect(runs.count == 1 && runs[0].contains("outcome=failure") && runs[0].contains(trace), "\(daemon.text)")

    let (code, text) = try await place.attempt(
      "guobanctl",
      [
        "call", "RegionService/CreateRegion", #"{"region": {"code": "410928", "name": "濮阳县", "kind": "COUNTY"}}"#,
        "--data-dir", daemon.dataDirectory,
      ])
    let quoted = try #require(text.firstMatch(of: /请求号 (\d+-\d+)/), "\(text)")
    #expect(code == 1)
    #expect(try await daemon.lines { $0.contains("request_id=\(quoted.1) ") }.count == 1)
    try await daemon.stop()
  }

  @Test func slowCallsAreLoggedWithTheirTimesAndNotTooOften() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(
      place,
      settings: MetricsTests.settings + ["logs.slowCallThreshold=1ms", "logs.slowCallsPerMinuteMax=1"])
    let client = try await daemon.connect()
    // Several files are written and synchronised: no machine does that within a millisecond.
    for number in 1...4 {
      let _: Ledger.Snapshot = try await client.call(
        "/guoban.v1.SnapshotService/CreateSnapshot", Ledger.CreateSnapshotRequest(),
        metadata: ["request-id": "slow-\(number)"])
    }
    let lines = try await daemon.lines { $0.contains("slow call") }
    #expect((1...2).contains(lines.count), "one a minute, and a minute may end meanwhile: \(lines)")
    #expect(
      lines[0].contains("request_id=slow-1 ") && lines[0].contains("method=/guoban.v1.SnapshotService/CreateSnapshot"))
    for field in ["queue_us=", "work_us=", "total_us=", "request_bytes=", "reply_bytes=", "principal=uid:", "code=OK"] {
      #expect(lines[0].contains(field), "\(field) \(lines[0])")
    }
    let page = try HTTPExchange.get("/metrics", try await daemon.metricsPort()).body
    let count = try #require(page.firstMatch(of: /guoban_slow_calls_total (\d+)/))
    #expect((Int(count.1) ?? 0) >= 4)
    try await daemon.stop()
  }

  /// Columns of the terminal at which a cell begins. Two spaces or more stand between cells, one may stand inside.
  private static func columnStarts(_ line: String) -> [Int] {
    let characters = Array("  " + line)
    return (2..<characters.count).filter {
      characters[$0] != " " && characters[$0 - 1] == " " && characters[$0 - 2] == " "
    }.map { displayWidth(of: String(characters[2..<$0])) }
  }

  /// Columns of the terminal at which a cell ends.
  private static func columnEnds(_ line: String) -> [Int] {
    let characters = Array(line + "  ")
    return (0..<characters.count - 2).filter {
      characters[$0] != " " && characters[$0 + 1] == " " && characters[$0 + 2] == " "
    }.map { displayWidth(of: String(characters[...$0])) }
  }
}

extension Guoband {
  /// The log's lines that are so, once there is one.
  func lines(_ isSo: (Substring) -> Bool) async throws -> [Substring] {
    try await wait(upTo: .seconds(20), for: "a log line: \(text.suffix(2000))") {
      text.split(separator: "\n").contains(where: isSo)
    }
    return text.split(separator: "\n").filter(isSo)
  }
}
