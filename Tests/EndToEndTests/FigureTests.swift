import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The published figures through the whole chain: CSV files, guobanctl, RPC, SQLite, the sandboxed modules, print.
struct FigureTests {
  @Test func theSampleGivesThePublishedFigures() async throws {
    let place = try Workplace()
    try place.installReporters(["HalfYear", "Ranking", "ThreeRates"])
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    try await place.run("guobanctl", ["sample", "--into", "\(place.path)/sample"])
    let tried = try await place.run(
      "guobanctl", ["import", "\(place.path)/sample", "--dry-run", "--data-dir", daemon.dataDirectory])
    #expect(tried.contains("没有写入"))
    #expect(try await revision(client) == Calls.revisionAtFirst)
    try await place.run("guobanctl", ["import", "\(place.path)/sample", "--data-dir", daemon.dataDirectory])
    let imported = try await revision(client)
    #expect(imported > 1000)
    let again = try await place.run(
      "guobanctl", ["import", "\(place.path)/sample", "--data-dir", daemon.dataDirectory])
    #expect(again.contains("新增 0，更新 0"), "\(again)")
    #expect(try await revision(client) == imported)

    try await refusedUntilApproved(client)
    try await puyangCountyAndNanle(client)
    try await shaoyang(client)
    try await hebi(client)
    try await ranking(client)
    try await threeRates(client)
    try await daemon.stop()
  }

  /// A report is made of what whoever asks for it may see.
  @Test func aCountysClerkIsReportedItsCountyAlone() async throws {
    let place = try Workplace()
    try place.installReporters(["Ranking"])
    let daemon = try await Guoband(place, settings: ["listen.tcpPort=0"])
    let owner = try await daemon.connect()
    let data = ["--data-dir", daemon.dataDirectory]
    try await place.run("guobanctl", ["sample", "--into", "\(place.path)/sample"])
    try await place.run("guobanctl", ["import", "\(place.path)/sample"] + data)
    let reporters: Ledger.ListReportersResponse = try await owner.call(
      "/guoban.v1.ReportService/ListReporters", Ledger.ListReportersRequest())
    try await approve(owner, "ranking", digest: try #require(reporters.reporters.first).digest)
    let march = ["year": "2023", "month": "3", "parent": "410900"]
    let columns = ["rank", "projects"]
    #expect(try await report(owner, "ranking", march).printed("ranking", "南乐", columns: columns) == ["—", "41"])

    let granted = try await place.run(
      "guobanctl", ["access", "grant", "puyang", "--role", "clerk", "--region", "410928"] + data)
    let token = try #require(granted.firstMatch(of: /gbt_[0-9a-f_]+/)?.0, "\(granted)")
    let clerk = try await GuobanClient.connect(
      to: try #require(daemon.tcp), token: String(token), name: "end-to-end/1")
    let own = try await report(clerk, "ranking", march)
    #expect(try own.printed("ranking", "濮阳县", columns: columns) == ["1", "56"])
    #expect(!own.text.contains("41"), "\(own.text)")
    // What was reported to all is not for it; its own is for all.
    let list: Ledger.ListReportsResponse = try await clerk.call(
      "/guoban.v1.ReportService/ListReports", Ledger.ListRecordsRequest())
    #expect(list.reports.map(\.region) == ["410928"])
    let whole: Ledger.ListReportsResponse = try await owner.call(
      "/guoban.v1.ReportService/ListReports", Ledger.ListRecordsRequest())
    #expect(whole.reports.map(\.region).sorted() == ["", "410928"])
    for client in [clerk, owner] { await client.shutdown() }
    try await daemon.stop()
  }

  private func refusedUntilApproved(_ client: GuobanClient) async throws {
    let refused = try await refusal { try await report(client, "half_year", ["year": "2023"]) }
    #expect(refused.code == .failedPrecondition)
    let reporters: Ledger.ListReportersResponse = try await client.call(
      "/guoban.v1.ReportService/ListReporters", Ledger.ListReportersRequest())
    #expect(reporters.reporters.map(\.id).sorted() == ["half_year", "ranking", "three_rates"])
    for reporter in reporters.reporters {
      let wrong = try await refusal {
        try await approve(client, reporter.id, digest: String(reporter.digest.reversed()))
      }
      #expect(wrong.reason(limits: .standard) == "REPORTER_CHANGED")
      #expect(try await approve(client, reporter.id, digest: reporter.digest).state == .approved)
    }
  }

  private func puyangCountyAndNanle(_ client: GuobanClient) async throws {
    let columns = ["projects", "plan", "done", "share", "published", "lead", "outcome"]
    let march = try await report(client, "half_year", ["year": "2023", "month": "3", "region": "410928"])
    let puyang = try march.printed("projects", "濮阳县", columns: columns)
    #expect(puyang == ["56", "343.40", "128.40", "37.39", "37.41", "+12.39", "未过半"])
    #expect(try march.value("projects", "濮阳县", column: "share") == .exactly(642, over: 1717))
    #expect(march.text.contains("濮阳县：已公布 37.41%，按台账计算 37.39%"))
    let june = try await report(client, "half_year", ["year": "2023", "month": "6", "region": "410923"])
    let nanle = try june.printed("projects", "南乐", columns: columns)
    #expect(nanle == ["41", "120.03", "54.56", "45.46", "45.50", "-4.54", "未过半"])
    #expect(try june.value("projects", "南乐", column: "share") == .exactly(5456, over: 12003))
    #expect(june.line("南乐 41")?.contains("45.46") == true, "\(june.text)")
  }

  private func shaoyang(_ client: GuobanClient) async throws {
    let october = ["year": "2022", "month": "10", "region": "430500"]
    let columns = ["projects", "plan", "done", "share", "lead", "outcome"]
    let tiers = try await report(client, "half_year", october.merging(["by": "tier"]) { $1 })
    let municipal = try tiers.printed("projects", "市重点", columns: columns)
    #expect(municipal == ["326", "546.21", "511.80", "93.70", "+10.37", "过半"])
    let sangao = try tiers.printed("projects", "三高四新", columns: columns)
    #expect(sangao == ["6", "38.95", "45.10", "115.80", "+32.47", "过半"])
    let provincial = try tiers.printed("projects", "省重点", columns: columns)
    #expect(provincial == ["34", "214.51", "217.30", "101.30", "+17.97", "过半"])
    #expect(tiers.line("市重点 326")?.contains("546.21 511.80") == true, "\(tiers.text)")
    let projects = try await report(client, "half_year", october.merging(["by": "project"]) { $1 })
    let station = try projects.printed("projects", "邵阳火车站改扩建工程", columns: columns)
    #expect(station == ["1", "4.00", "5.31", "132.75", "+49.42", "过半"])
    #expect(try projects.value("projects", "邵阳火车站改扩建工程", column: "share") == .exactly(531, over: 400))
  }

  private func hebi(_ client: GuobanClient) async throws {
    let may = try await report(client, "half_year", ["year": "2020", "month": "5", "region": "410600"])
    let rate = try may.printed("indicators", "省重点项目投资完成率", columns: ["actual", "share", "lead", "outcome"])
    #expect(rate == ["63.80", "63.80", "+22.13", "过半"])
    #expect(try may.value("indicators", "省重点项目投资完成率", column: "share") == .exactly(319, over: 500))
    let starts = try may.printed("indicators", "纳入统计库的新开工项目", columns: ["actual", "last_year", "growth"])
    #expect(starts == ["173.00", "149.00", "+16.11"])
    #expect(try may.value("indicators", "纳入统计库的新开工项目", column: "growth") == .exactly(24, over: 149))
  }

  private func ranking(_ client: GuobanClient) async throws {
    let columns = ["rank", "projects", "share", "lead"]
    let march = try await report(client, "ranking", ["year": "2023", "month": "3", "parent": "410900"])
    #expect(try march.printed("ranking", "濮阳县", columns: columns) == ["1", "56", "37.39", "+12.39"])
    #expect(try march.printed("ranking", "南乐", columns: columns) == ["—", "41", "—", "—"])
    let june = try await report(client, "ranking", ["year": "2023", "month": "6", "parent": "410900"])
    #expect(try june.printed("ranking", "南乐", columns: columns) == ["1", "41", "45.46", "-4.54"])
    #expect(june.line("1 南乐 41") != nil, "\(june.text)")
  }

  private func threeRates(_ client: GuobanClient) async throws {
    let rates = try await report(client, "three_rates", ["region": "410900", "as_of": "2023-12-31"])
    let columns = ["all", "left", "current", "investment", "signing", "starting", "production"]
    let puyang = try rates.printed("summary", "濮阳县", columns: columns)
    #expect(puyang == ["104", "65", "39", "258.7", "100.00", "100.00", "100.00"])
    #expect(try rates.value("summary", "濮阳县", column: "investment") == .exactly(2_587_000_000_000, over: 1))
    let fan = try rates.printed("summary", "范县", columns: columns)
    #expect(fan == ["28", "0", "28", "—", "100.00", "100.00", "100.00"])
    let batches: [(String, [String])] = [
      ("签约一批", ["7", "7", "48.0", "100.00"]), ("开工一批", ["16", "16", "76.2", "100.00"]),
      ("投产一批", ["16", "16", "134.5", "100.00"]),
    ]
    for (batch, expected) in batches {
      let row = try rates.printed("batches", "濮阳县", batch, columns: ["current", "moved", "investment", "rate"])
      #expect(row == expected)
    }
    #expect(rates.line("濮阳县 104")?.hasPrefix("濮阳县 104 65 39 258.7 100.00") == true, "\(rates.text)")
  }

  @discardableResult
  private func report(
    _ client: GuobanClient, _ reporter: String, _ parameters: [String: String]
  ) async throws -> Figures {
    try Figures(
      try await client.call(
        "/guoban.v1.ReportService/RunReport",
        Ledger.RunReportRequest(reporter: reporter, parameters: parameters)))
  }

  @discardableResult
  private func approve(
    _ client: GuobanClient, _ id: String, digest: String
  ) async throws(Status) -> Ledger.ReporterStatus {
    try await client.call(
      "/guoban.v1.ReportService/ApproveReporter", Ledger.ApproveReporterRequest(id: id, digest: digest))
  }

  private func revision(_ client: GuobanClient) async throws -> UInt64 {
    let digest: Ledger.LedgerDigest = try await client.call(
      "/guoban.v1.LedgerService/GetLedgerDigest", Ledger.GetLedgerDigestRequest())
    return digest.revision
  }
}
