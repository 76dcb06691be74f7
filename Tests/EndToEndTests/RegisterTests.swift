import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Registers as operators and clerks meet them: files, guobanctl, RPC.
struct RegisterTests {
  @Test func registersAreDefinedFilledAndListedByTheirFields() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let data = ["--data-dir", daemon.dataDirectory]
    try await Calls(client).createRegion("430500", "邵阳市")

    let tried = try await place.run("guobanctl", ["register", "define", "--shipped", "--dry-run"] + data)
    #expect(tried.contains("没有写入") && tried.contains("新增 22"))
    #expect(try await place.run("guobanctl", ["register", "define", "--shipped"] + data).contains("新增 22"))
    #expect(try await place.run("guobanctl", ["register", "define", "--shipped"] + data).contains("未变 22"))
    let listed = try await place.run("guobanctl", ["register", "list", "--lang", "en"] + data)
    #expect(listed.contains("resumption") && listed.contains("Resumption of work"))

    try await upsert(client, (1...5).map(refund))
    let shown = try await place.run("guobanctl", ["register", "show", "support"] + data)
    #expect(shown.contains("第 1 版，分区划，5 条") && shown.contains("amount_fen") && shown.contains("留抵退税"))
    let entries = try await place.run(
      "guobanctl", ["register", "entries", "support", "--filter", "amount_fen > 400 AND kind = \"留抵退税\""] + data)
    #expect(entries.contains("r-5") && entries.contains("0.0005") && !entries.contains("r-4"), "\(entries)")
    let cut = try await place.run("guobanctl", ["register", "entries", "support", "--limit", "2"] + data)
    #expect(cut.contains("r-2") && !cut.contains("r-3") && cut.contains("--limit 0"))

    let exported = try await place.run(
      "guobanctl", ["export", "register:support", "--filter", "amount_fen > 400"] + data)
    #expect(exported.contains("r-5") && !exported.contains("r-4"), "\(exported)")
    let misnamed = try await place.attempt(
      "guobanctl", ["export", "register:support", "--filter", "amount > 4"] + data)
    #expect(misnamed.code != 0 && misnamed.text.contains("amount"), "\(misnamed.text)")
    let query = ["query", "register:support", "--group-by", "kind", "--sum", "amount_fen"] + data
    #expect(try await place.run("guobanctl", query).hasPrefix("类别      金额（万元）"))
    #expect(try await place.run("guobanctl", query + ["--lang", "en"]).hasPrefix("Kind      Amount (万元)"))
    try await upsert(
      client,
      [(1, 37_410_000), (2, 2_500_000)].map { number, score in
        Ledger.Entry(
          register: "ratings", id: "s-\(number)", region: "430500",
          values: [
            Ledger.EntryValue(field: "subject", kind: .text("打擂台")),
            Ledger.EntryValue(field: "round", kind: .text("2023-0\(number)")),
            Ledger.EntryValue(field: "kind", kind: .text("其他")),
            Ledger.EntryValue(field: "score_e6", kind: .integer(Int64(score))),
          ])
      })
    let scores = ["query", "register:ratings", "--group-by", "round", "--sum", "score_e6"] + data
    let shownScores = try await place.run("guobanctl", scores)
    for text in ["37.41", "2.50", "39.91"] { #expect(shownScores.contains(text), "\(shownScores)") }
    #expect(try await place.run("guobanctl", scores + ["--json"]).contains("37410000"))
    #expect(try await place.run("guobanctl", scores + ["--csv"]).contains("2023-01,37.41"))
    let byScore = try await place.run("guobanctl", ["query", "register:ratings", "--group-by", "score_e6"] + data)
    #expect(byScore.contains("37.41") && !byScore.contains("37410000"), "\(byScore)")
    let misread = try await place.attempt(
      "guobanctl", ["query", "register:ratings", "--filter", "kind = 别的", "--count"] + data)
    #expect(misread.code != 0 && misread.text.contains("可用的有") && misread.text.contains("其他"), "\(misread.text)")
    let missing = try await place.attempt("guobanctl", ["register", "show", "none"] + data)
    #expect(missing.code == 1 && missing.text.contains("register list"), "\(missing.text)")

    // Pages by the fields' names, and tokens that are good for no other register.
    let first: Ledger.ListEntriesResponse = try await list(client, .init(pageSize: 2, register: "support"))
    let second = try await list(
      client, .init(pageSize: 9, pageToken: first.nextPageToken, register: "support"))
    #expect(first.entries.map(\.id) + second.entries.map(\.id) == (1...5).map { "r-\($0)" })
    for wrong in [
      Ledger.ListEntriesRequest(pageToken: first.nextPageToken, register: "funds"),
      Ledger.ListEntriesRequest(pageToken: first.nextPageToken), .init(filter: "amount = 1", register: "support"),
      .init(filter: "amount_fen = 1"),
    ] {
      #expect(try await refusal { try await list(client, wrong) }.code == .invalidArgument)
    }
    #expect(try await refusal { try await list(client, .init(register: "none")) }.code == .notFound)

    // A change that would orphan what is there: refused, and the file of an operator is as good as one that ships.
    let file = "\(place.path)/support.yaml"
    try
      "id: support\ntitle: 支持\ntitle_english: Support\nregion: required\nfields:\n  - {name: note, title: 备注, title_english: Note, type: text}\n"
      .write(toFile: file, atomically: true, encoding: .utf8)
    let refused = try await place.attempt("guobanctl", ["register", "define", file] + data)
    #expect(refused.code == 1 && refused.text.contains("5 条：support/r-1"), "\(refused.text)")
    try "id: support\ncolour: red\n".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try await place.attempt("guobanctl", ["register", "define", file] + data).code == 64)
    try await daemon.stop()
  }

  /// 先进县（区）连续两年, as a clerk asks for it.
  @Test func s064_aStreakIsAskedForAtTheTerminal() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let data = ["--data-dir", daemon.dataDirectory]
    let calls = Calls(client)
    for (code, name) in [("410923", "南乐县"), ("410926", "范县"), ("410928", "濮阳县")] {
      try await calls.createRegion(code, name)
    }
    try await place.run("guobanctl", ["register", "define", "--shipped"] + data)
    // 范县's two years have one between them, and 濮阳县 is not among the last.
    let years = [
      (2018, "410926"), (2019, "410923"), (2021, "410923"), (2022, "410923"), (2020, "410928"), (2020, "410926"),
      (2022, "410926"),
    ]
    try await upsert(
      client,
      years.map { year, region in
        Ledger.Entry(
          register: "awards", id: "先进县-\(year)-\(region)", region: region,
          values: [
            Ledger.EntryValue(field: "title", kind: .text("先进县（区）")),
            Ledger.EntryValue(field: "level", kind: .text("市")),
            Ledger.EntryValue(field: "year", kind: .integer(Int64(year))),
          ])
      })
    let query = ["query", "awards", "--group-by", "year,region", "--streak"] + data
    let shown = try await place.run("guobanctl", query)
    #expect(shown.contains("连续期数") && shown.contains("410923 南乐县") && !shown.contains("410928"), "\(shown)")
    let lines = try await place.run("guobanctl", query + ["--json"]).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        #"{"region":"410923","streak":"2","since":"2021"}"#, #"{"region":"410926","streak":"1","since":"2022"}"#,
      ])
    for (wrong, word) in [
      (["--group-by", "region"], "两个分组列"), (["--group-by", "title,region"], "期别"),
      (["--group-by", "year,region", "--sum", "year"], "合计"),
      (["--group-by", "year,region", "--limit", "1"], "--limit"),
    ] {
      let refused = try await place.attempt("guobanctl", ["query", "awards", "--streak"] + wrong + data)
      #expect(refused.code == 64 && refused.text.contains(word), "\(refused)")
    }
    try await daemon.stop()
  }

  /// A clerk fills registers and does not define them, by no way in.
  @Test func onlyWhoeverMayDefineRegistersDoes() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpPort=0"])
    let own = try await daemon.connect()
    let granted: Ledger.GrantWithToken = try await own.call(
      "/guoban.v1.AccessService/CreateGrant",
      Ledger.CreateGrantRequest(grant: Ledger.Grant(name: "clerk", roles: [.clerk])))
    #expect(!granted.token.isEmpty)
    let clerk = try await GuobanClient.connect(
      to: try #require(daemon.tcp), token: granted.token, name: "clerk/1")
    let defined = try await refusal {
      try await clerk.call(
        "/guoban.v1.RegisterService/CreateRegister", message: Ledger.CreateRegisterRequest().packed())
    }
    #expect(defined.reason(limits: .standard) == "PERMISSION_MISSING")
    let imported = try await refusal {
      try await clerk.call(
        "/guoban.v1.ImportService/BeginImport", message: Ledger.BeginImportRequest(recordType: "Register").packed())
    }
    #expect(imported.reason(limits: .standard) == "PERMISSION_MISSING", "\(imported)")
    await clerk.shutdown()
    try await daemon.stop()
  }

  private func refund(_ serial: Int) -> Ledger.Entry {
    Ledger.Entry(
      register: "support", id: "r-\(serial)", region: "430500",
      values: [
        Ledger.EntryValue(field: "kind", kind: .text("留抵退税")),
        Ledger.EntryValue(field: "amount_fen", kind: .integer(Int64(serial) * 100)),
      ])
  }

  private func upsert(_ client: GuobanClient, _ entries: [Ledger.Entry]) async throws {
    let answer: Ledger.BatchUpsertResponse = try await client.call(
      "/guoban.v1.EntryService/BatchUpsertEntries", Ledger.BatchUpsertEntriesRequest(entries: entries))
    #expect(Int(answer.created) == entries.count)
  }

  @discardableResult
  private func list(
    _ client: GuobanClient, _ request: Ledger.ListEntriesRequest
  ) async throws(Status) -> Ledger.ListEntriesResponse {
    try await client.call("/guoban.v1.EntryService/ListEntries", request)
  }
}
