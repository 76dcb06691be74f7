import Foundation
import GuobanClient
import Testing

/// A pass office at the command line: a sheet of passes, renewals, trips, checks and revocations.
struct PassCommandTests {
  @Test func aSheetIsIssuedRenewedDrivenOnAndRevoked() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let client = try await daemon.connect()
    for (code, name) in [("430500", "邵阳市"), ("430100", "长沙市")] {
      try await Calls(client).createRegion(code, name)
    }
    await client.shutdown()
    let data = ["--data-dir", daemon.dataDirectory]
    let heads = "种类,车牌号,货物,载重(吨),起点区划,终点区划,持证人,联系电话"
    let good = ["省内,湘E12345,原料,26.17,430500,430100,张三丰,13812341234", "市内,湘E54321,面粉,8,430500,430500,,"]
    let sheet = "\(place.path)/sheet.csv"
    func write(_ rows: [String]) throws {
      try ([heads] + rows).joined(separator: "\n").write(toFile: sheet, atomically: true, encoding: .utf8)
    }

    // One row that cannot be: none is issued, or each for itself.
    try write(good + ["省内,湘E11111,原料,1,430500,439999,,"])
    let refused = try await place.attempt("guobanctl", ["pass", "batch", sheet, "--division", "430500"] + data)
    #expect(refused.code == 1 && refused.text.contains("439999"), "\(refused)")
    try write(good)
    let tried = try await place.run("guobanctl", ["pass", "batch", sheet, "--division", "430500", "--dry-run"] + data)
    #expect(tried.contains("可以签发 2 张"), "\(tried)")
    #expect(try await place.attempt("guobanctl", ["pass", "verify", "--plate", "湘E12345"] + data).code == 1)
    try write(good + ["省内,湘E11111,原料,1,430500,439999,,"])
    let some = try await place.attempt(
      "guobanctl", ["pass", "batch", sheet, "--division", "430500", "--each"] + data)
    #expect(some.code == 1 && some.text.contains("签发 2 张，未签 1 张") && some.text.contains("第 4 行"), "\(some)")
    #expect(some.text.contains("430500000001\t湘E12345") && some.text.contains("430500000002\t湘E54321"), "\(some)")

    let trip = try await place.run(
      "guobanctl",
      ["pass", "trip", "430500000001", "--plate", "湘E12345", "--place", "邵阳南", "--load-tonnes", "26.17"] + data)
    #expect(trip.contains("430500000001 第 1 次"), "\(trip)")
    let other = try await place.attempt("guobanctl", ["pass", "trip", "430500000001", "--plate", "湘E99999"] + data)
    #expect(other.code != 0 && other.text.contains("湘E12345"), "\(other)")
    let grams = try await place.attempt(
      "guobanctl", ["pass", "trip", "430500000001", "--load-tonnes", "0.0001"] + data)
    #expect(grams.code != 0 && grams.text.contains("--load-tonnes"), "\(grams)")

    let tryRenewal = try await place.run("guobanctl", ["pass", "renew", "430500000001", "--dry-run"] + data)
    #expect(tryRenewal.contains("可以换领（没有签发）") && tryRenewal.contains("430500000003"), "\(tryRenewal)")
    let renewed = try await place.run("guobanctl", ["pass", "renew", "430500000001"] + data)
    #expect(renewed.contains("已换领") && renewed.contains("430500000003") && renewed.contains("张**"), "\(renewed)")
    let old = try await place.attempt("guobanctl", ["pass", "verify", "430500000001"] + data)
    #expect(old.code == 1 && old.text.contains("430500000003"), "\(old)")
    let again = try await place.attempt("guobanctl", ["pass", "renew", "430500000001"] + data)
    #expect(again.code != 0 && again.text.contains("430500000001"), "\(again)")
    #expect(try await place.run("guobanctl", ["pass", "verify", "--plate", "湘E12345"] + data).contains("430500000003"))

    let issue = [
      "pass", "issue", "--division", "430500", "--kind", "市内", "--plate", "湘E12345", "--plate-color", "黄", "--goods",
      "面粉", "--origin", "430500", "--destination", "430500", "--condition", "司机不下车", "--condition", "护送",
    ]
    #expect(try await place.run("guobanctl", issue + data).contains("  条件 司机不下车、护送"))
    let both = try await place.run("guobanctl", ["pass", "verify", "--plate", "湘E12345"] + data)
    for text in ["430500000003", "430500 → 430100", "另有 1 张", "430500000004", "430500 → 430500", "司机不下车、护送"] {
      #expect(both.contains(text), "\(both)")
    }
    _ = try await place.run("guobanctl", ["pass", "revoke", "430500000004", "--reason", "不跑了"] + data)

    _ = try await place.run("guobanctl", ["pass", "revoke", "430500000003", "--reason", "装载不符"] + data)
    let revoked = try await place.attempt("guobanctl", ["pass", "verify", "430500000003"] + data)
    #expect(revoked.code == 1 && revoked.text.contains("吊销") && revoked.text.contains("装载不符"), "\(revoked)")
    let late = try await place.attempt("guobanctl", ["pass", "trip", "430500000003"] + data)
    #expect(late.code != 0 && late.text.contains("吊销"), "\(late)")
    try await daemon.stop()
  }
}
