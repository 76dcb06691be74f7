import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// The published figures about passes, from as many records, by grouped queries.
struct PassStatisticsTests {
  private static let batch = 2000

  private func group(
    _ ledger: OpenLedger, _ source: String, by columns: [String], _ measures: [Measure], filter: Filter? = nil
  ) throws -> [[ColumnValue]] {
    try ledger.store.read {
      try $0.group(
        GroupQuery(source: source, filter: filter, groupBy: columns, measures: measures, rowsMax: 1000))
    }.columns
  }

  private func write(_ passes: [Ledger.Pass], to ledger: OpenLedger) throws {
    for start in stride(from: 0, to: passes.count, by: Self.batch) {
      let part = Array(passes[start..<min(start + Self.batch, passes.count)])
      try ledger.write { _ = try $0.upsert(part, field: "passes", checkCancellation: {}) }
    }
  }

  private func pass(_ division: String, _ sequence: Int, _ change: (inout Ledger.Pass) -> Void) throws -> Ledger.Pass {
    var pass = Ledger.Pass(
      number: try PassNumber(division: division, sequence: sequence).text, kind: .province,
      plate: "豫B" + String(String(100_000 + sequence % 90_000).dropFirst()), goods: "生活物资", origin: "430500",
      destination: "430100", validFrom: "2022-04-07", validUntil: "2022-05-09", state: .issued)
    change(&pass)
    return pass
  }

  /// 开封, 7 April to 9 May 2022: 65718 passes for 1.72 million tonnes, 180 of them across provinces (S023, S024).
  @Test func s023_s024_kaifengIssued1991PassesADayOf26Tonnes() throws {
    let ledger = try OpenLedger()
    let count = 65_718
    let kilograms: Int64 = 1_720_000_000
    let first = try CivilDate("2022-04-07")
    let days = 33
    let passes = try (0..<count).map { index in
      try pass("410200", index + 1) { pass in
        pass.kind = index < 180 ? .interprovince : .city
        pass.loadKg = kilograms / Int64(count) + (Int64(index) < kilograms % Int64(count) ? 1 : 0)
        if let day = try? first.addingDays(index % days) {
          pass.validFrom = day.text
          pass.validUntil = day.text
        }
      }
    }
    try write(passes, to: ledger)
    let total = try group(ledger, "Pass", by: [], [.count, .sum("load_kg")])
    #expect(total == [[.integer(65_718)], [.integer(kilograms)]])
    let byDay = try group(ledger, "Pass", by: ["valid_from"], [.count])
    #expect(byDay[0].count == 33)
    #expect(byDay[0].first == .text("2022-04-07") && byDay[0].last == .text("2022-05-09"))
    let perDay = try Fraction(65_718, over: 33)
    #expect(perDay.text(DecimalStyle(decimals: 1)) == "1991.5")
    let tonnesEach = try Fraction(kilograms, over: 65_718 * 1000)
    #expect(tonnesEach.text(DecimalStyle(decimals: 2)) == "26.17")
    let byKind = try group(ledger, "Pass", by: ["kind"], [.count])
    #expect(byKind[0] == [.text("CITY"), .text("INTERPROVINCE")])
    #expect(byKind[1] == [.integer(65_538), .integer(180)])
  }

  /// 邵阳: 71 enterprises have 146 provincial passes, 25 have one across provinces (S109).
  @Test func s109_shaoyangs71EnterprisesHave146Passes() throws {
    let ledger = try OpenLedger()
    let codes = (0..<71).compactMap { number -> String? in
      let digits = String(1000 + number)
      let body = "9143050200000" + digits
      return "0123456789ABCDEFGHJKLMNPQRTUWXY".map { body + String($0) }.first { (try? USCC($0)) != nil }
    }
    #expect(codes.count == 71)
    try ledger.write { writer in
      _ = try writer.upsert(
        codes.map { Ledger.Enterprise(uscc: $0, name: "企业\($0)", region: "430500") }, field: "enterprises",
        checkCancellation: {})
    }
    var passes = try (0..<146).map { index in
      try pass("430500", index + 1) {
        $0.enterprise = codes[index % 71]
        // S110
        $0.conditions = index % 2 == 0 ? [.driverStaysInCab] : [.driverStaysInCab, .escort]
      }
    }
    passes += try (0..<25).map { index in
      try pass("430500", 146 + index + 1) {
        $0.enterprise = codes[index]
        $0.kind = .interprovince
      }
    }
    try write(passes, to: ledger)
    let provincial = Filter.compare(column: "kind", .equal, .text("PROVINCE"))
    let byEnterprise = try group(ledger, "Pass", by: ["enterprise"], [.count], filter: provincial)
    #expect(byEnterprise[0].count == 71)
    let total = try group(ledger, "Pass", by: [], [.count], filter: provincial)
    #expect(total == [[.integer(146)]])
    guard case .integer(let passes) = total[0][0] else {
      Issue.record("\(total)")
      return
    }
    let each = try Fraction(passes, over: Int64(byEnterprise[0].count))
    #expect(each.text(DecimalStyle(decimals: 2)) == "2.06")
    let across = Filter.compare(column: "kind", .equal, .text("INTERPROVINCE"))
    #expect(try group(ledger, "Pass", by: ["enterprise"], [.count], filter: across)[0].count == 25)
  }

  /// 邵阳: drivers stay in their cabs, and vehicles are escorted: the checkpoint reads it offline (S110).
  @Test func s110_theConditionsAreInTheSignedPayload() throws {
    let key = try KeyMaterial.random(.passSigning)
    let pass = try pass("430500", 1) { $0.conditions = [.driverStaysInCab, .escort] }
    let text = try PassSignature.text(try PassPayload(pass), key: key)
    #expect(try PassSignature.payload(text, publicKeys: [key.publicKey]).conditions == 0b11)
  }
}
