import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// What an auditor does at the command line, on a ledger that is sound and on one that somebody changed behind its back.
struct AuditCommandTests {
  @Test func theLogIsListedAndTamperingIsFound() async throws {
    let place = try Workplace()
    var daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let rpc = Calls(client)
    let data = ["--data-dir", daemon.dataDirectory]
    for (code, name) in [("410928", "濮阳县"), ("410923", "南乐县")] { try await rpc.createRegion(code, name) }

    let one = try await place.run("guobanctl", ["audit", "list", "--record", "Region/410928"] + data)
    #expect(one.contains("新建") && one.contains("410928") && !one.contains("410923"), "\(one)")
    let newest = try await place.run("guobanctl", ["audit", "list", "--type", "Region", "--limit", "1"] + data)
    #expect(newest.contains("410923") && !newest.contains("410928") && newest.contains("--limit 1"), "\(newest)")
    let line = try await place.run(
      "guobanctl", ["audit", "list", "--type", "Region", "--oldest-first", "--limit", "1", "--json"] + data)
    #expect(line.split(separator: "\n").count == 1 && line.contains("410928") && line.contains("record"), "\(line)")
    let none = try await place.run("guobanctl", ["audit", "list", "--actor", "nobody"] + data)
    #expect(!none.contains("Region"), "\(none)")

    let (early, late) = ("\(place.path)/early.json", "\(place.path)/late.json")
    try await place.run("guobanctl", ["audit", "head", "-o", early] + data)
    #expect(
      try await place.attempt("guobanctl", ["audit", "head", "-o", early] + data).code != 0, "it is there already")
    try await rpc.createRegion("410926", "范县")
    try await place.run("guobanctl", ["audit", "head", "-o", late] + data)
    for head in [early, late] {
      let sound = try await place.run("guobanctl", ["audit", "verify", "--head", head] + data)
      #expect(sound.contains("完好") && sound.contains("与外存的末端相符"), "\(sound)")
    }
    await client.shutdown()
    try await daemon.stop()

    // The last change taken away whole: only a head that was kept elsewhere knows of it.
    let ledger = "\(daemon.dataDirectory)/ledger.sqlite"
    let cut = """
      DROP TRIGGER change_log_keeps_rows; DELETE FROM change_log WHERE key = '410926'; DELETE FROM Region WHERE key = '410926'
      """
    try await place.run("/usr/bin/sqlite3", [ledger, cut])
    daemon = try await Guoband(place)
    #expect(try await place.run("guobanctl", ["audit", "verify"] + data).contains("没有与外存的末端核对"))
    #expect(try await place.run("guobanctl", ["audit", "verify", "--head", early] + data).contains("完好"))
    let found = try await place.attempt("guobanctl", ["audit", "verify", "--head", late] + data)
    #expect(found.code == 1 && found.text.contains("台账不完好"), "\(found)")
    try await daemon.stop()

    // A record that is not what its last change says.
    try await place.run("/usr/bin/sqlite3", [ledger, "UPDATE Region SET name = '某县' WHERE key = '410928'"])
    daemon = try await Guoband(place)
    let changed = try await place.attempt("guobanctl", ["audit", "verify"] + data)
    #expect(changed.code == 1 && changed.text.contains("410928") && !changed.text.contains("410923"), "\(changed)")
    try await daemon.stop()
  }
  @Test func aLogWhoseBeginningIsGoneIsPrintedFromWhereItBeginsAndNotAsIfItWereWhole() async throws {
    let place = try Workplace()
    var daemon = try await Guoband(place)
    let client = try await daemon.connect()
    for (code, name) in [("410928", "濮阳县"), ("410923", "南乐县")] { try await Calls(client).createRegion(code, name) }
    let data = ["--data-dir", daemon.dataDirectory]
    let whole = try await place.run("guobanctl", ["ledger", "log"] + data)
    #expect(whole.hasPrefix("1\t") && !whole.contains("已压缩"), "\(whole)")
    await client.shutdown()
    try await daemon.stop()
    let cut = "DROP TRIGGER change_log_keeps_rows; DELETE FROM change_log WHERE key <> '410923'"
    try await place.run("/usr/bin/sqlite3", ["\(daemon.dataDirectory)/ledger.sqlite", cut])
    daemon = try await Guoband(place)

    let oldest = whole.split(separator: "\n").count
    let rest = try await place.run("guobanctl", ["ledger", "log"] + data)
    #expect(rest.contains("\(oldest)\t") && rest.contains("修订 \(oldest) 之前）已压缩"), "\(rest)")
    let after = try await place.run("guobanctl", ["ledger", "log", "--after", "\(oldest - 1)"] + data)
    #expect(after.hasPrefix("\(oldest)\t") && !after.contains("已压缩"), "\(after)")
    let verified = try await place.run("guobanctl", ["ledger", "verify"] + data)
    #expect(verified.contains("完好") && verified.contains("修订 \(oldest) 之前）已压缩"), "\(verified)")
    let since = try await place.run("guobanctl", ["ledger", "verify", "--from", "\(oldest)"] + data)
    #expect(since.contains("完好") && !since.contains("已压缩"), "\(since)")
    for early in [0, oldest - 2] {
      let refused = try await place.attempt("guobanctl", ["ledger", "log", "--after", "\(early)"] + data)
      #expect(refused.code != 0 && refused.text.contains("现存最早的是 \(oldest)"), "\(refused)")
      #expect(!refused.text.contains("410923"), "\(refused)")
    }
    try await daemon.stop()
  }
}
