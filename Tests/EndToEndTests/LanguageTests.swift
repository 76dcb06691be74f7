import Foundation
import GuobanClient
import GuobanMessages
import Testing

/// What the daemon refuses is said in Chinese, and in English with `--lang en`: by the terminal, and in a file's copy.
struct LanguageTests {
  @Test func refusalsAreInTheLanguageThatWasAskedFor() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpPort=0"])
    let tcp = try #require(daemon.tcp)
    let admin = ["--data-dir", daemon.dataDirectory]
    func run(_ arguments: String...) async throws -> String { try await place.run("guobanctl", arguments + admin) }
    _ = try await run(
      "call", "CreateRegion", #"{"region": {"code": "410928", "name": "Puyang", "kind": "COUNTY"}}"#)
    let submitted = try await run(
      "call", "SubmitTicket",
      #"{"ticket": {"region": "410928", "title": "workers", "category": "LABOUR", "channel": "HOTLINE", "severity": "ORDINARY"}}"#
    )
    let number = try #require(submitted.firstMatch(of: /410928-\d{4}-\d+/)).output
    let token = try #require(
      try await run("access", "grant", "scanner", "--role", "viewer", "--lang", "en").firstMatch(of: /gbt_\S+/)
    ).output
    let tokenFile = "\(place.path)/viewer"
    try String(token).write(toFile: tokenFile, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: tokenFile)
    let viewer = ["--address", "\(tcp)", "--token-file", tokenFile]

    let cases: [(method: String, request: String, caller: [String], reason: String)] = [
      ("GetRegion", #"{"key": "999999"}"#, admin, "NOT_FOUND"),
      ("CreateEnterprise", #"{"enterprise": {"uscc": "x", "headcount": -1}}"#, admin, "USCC_LENGTH"),
      ("UpdateRegion", #"{"region": {"code": "410928", "name": "P"}, "etag": "r0"}"#, admin, "ABORTED"),
      ("ApproveClosure", #"{"number": "\#(number)"}"#, admin, "FAILED_PRECONDITION"),
      ("CreateRegion", #"{"region": {"code": "410901"}}"#, viewer, "writeRecords"),
      ("Query", #"{"query": {"source": "Region", "filter": "name ="}}"#, admin, "filter"),
      ("ListRegions", #"{"page_token": "x"}"#, admin, "page_token"),
      ("RevokePass", #"{"number": "41092800000"}"#, admin, "reason"),
      ("RunReport", #"{"reporter": "none"}"#, admin, "NOT_FOUND"),
    ]
    for (method, request, caller, reason) in cases {
      let chinese = try await place.attempt("guobanctl", ["call", method, request] + caller)
      #expect(chinese.code != 0 && chinese.text.contains(reason) && chinese.text.holdsHan, "\(method): \(chinese)")
      let english = try await place.attempt("guobanctl", ["call", method, request, "--lang", "en"] + caller)
      #expect(english.code == chinese.code && english.text.contains(reason), "\(method): \(english)")
      #expect(!english.text.unquoted.holdsHan, "\(method): \(english.text)")
    }
    try await daemon.stop()
  }

  @Test func theReasonsInAFilesCopyToo() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let file = "\(place.path)/regions.csv"
    // The first is refused by the file itself, the second by the daemon, which hears of it when the first is mended.
    for (index, code) in ["9", "410928"].enumerated() {
      try "区划代码,名称,类型,上级区划代码\n\(code),Puyang,县,410900\n".write(toFile: file, atomically: true, encoding: .utf8)
      for (language, head) in [("zh", "错误原因"), ("en", "error reason")] {
        let copy = "\(place.path)/copy-\(index)-\(language).csv"
        let attempt = try await place.attempt(
          "guobanctl",
          ["import", file, "--errors", copy, "--lang", language, "--data-dir", daemon.dataDirectory])
        #expect(attempt.code == 1)
        let lines = try String(contentsOfFile: copy, encoding: .utf8).components(separatedBy: "\r\n")
        #expect(lines[0].hasSuffix("," + head))
        // As a cell of CSV, in quotes that are doubled inside, or bare.
        let cell = String(lines[1].dropFirst("\(code),Puyang,县,410900,".count))
        let reason = cell.hasPrefix("\"") ? String(cell.dropFirst().dropLast()).replacing("\"\"", with: "\"") : cell
        #expect(!reason.isEmpty && reason.unquoted.holdsHan == (language == "zh"), "\(lines[1])")
        // The copy can be brought in by itself, whatever its language.
        let again = try await place.attempt("guobanctl", ["import", copy, "--data-dir", daemon.dataDirectory])
        #expect(again.code == 1 && !again.text.contains("error reason"), "\(again)")
      }
    }
    try await daemon.stop()
  }

  @Test func aBatchSaysOfEachPassWhyItIsRefused() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    let answer: Ledger.BatchIssuePassesResponse = try await client.call(
      "/guoban.v1.PassService/BatchIssuePasses",
      Ledger.BatchIssuePassesRequest(
        requests: [Ledger.IssuePassRequest(plate: "豫J12345", enterprise: "x")], eachForItself: true))
    let result = try #require(answer.results.last)
    #expect(result.message.holdsHan)
    #expect(result.localizedMessage?.locale == "en")
    #expect(result.localizedMessage?.message.unquoted.holdsHan == false, "\(result)")
    #expect(result.problems.allSatisfy { $0.localizedMessage?.message.unquoted.holdsHan == false })
    try await daemon.stop()
  }
}

extension String {
  /// Whether there is a Chinese character in it.
  fileprivate var holdsHan: Bool { unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }

  /// Without what stands in quotes, which is what the caller sent.
  fileprivate var unquoted: String { replacing(/“[^”]*”|"[^"]*"/, with: "") }
}
