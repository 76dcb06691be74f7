import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// Indicators, targets, and how their figures are published.
struct IndicatorFigureTests {
  private func value(_ text: String) throws -> Int64 { try DecimalE6(text).millionths }

  /// Each indicator's value in a region, by its code.
  private func values(_ ledger: OpenLedger, _ region: String, _ period: String) throws -> [String: Int64] {
    let rows = try ledger.group(
      "Observation", "region = \"\(region)\" AND period = \"\(period)\"", by: ["indicator"], [.max("value_e6")])
    return Dictionary(
      uniqueKeysWithValues: rows.compactMap { row in
        guard case (.text(let code), .integer(let value)) = (row[0], row[1]) else { return nil }
        return (code, value)
      })
  }

  /// 16 main indicators, 12 of them at or above the province; one is better when lower.
  @Test func s100_twelveOfSixteenAtOrAboveTheProvince() throws {
    let ledger = try OpenLedger()
    let codes = (1...16).map { "I\($0 + 10)" }
    try ledger.put(
      codes.enumerated().map { index, code in
        Ledger.Indicator(
          code: code, name: "指标 \(index)", unit: "%", nature: .growth, better: index == 15 ? .lower : .higher)
      })
    for (index, code) in codes.enumerated() {
      let own = index < 8 ? "6.1" : index < 11 ? "5.0" : index < 15 ? "4.9" : "2.1"
      try ledger.put([
        Ledger.Observation(
          indicator: code, region: "430000", period: "2022-10", valueE6: try value(index == 15 ? "2.2" : "5.0")),
        Ledger.Observation(indicator: code, region: "430500", period: "2022-10", valueE6: try value(own)),
      ])
    }
    let lower = Set(
      try ledger.group("Indicator", "better = LOWER", by: ["key"]).compactMap { row in
        if case .text(let code) = row[0] { code } else { nil }
      })
    let (own, province) = (try values(ledger, "430500", "2022-10"), try values(ledger, "430000", "2022-10"))
    let good = codes.count { code in
      guard let mine = own[code], let theirs = province[code] else { return false }
      return lower.contains(code) ? mine <= theirs : mine >= theirs
    }
    #expect([good, codes.count] == [12, 16])
    #expect(percent(try Fraction(Int64(good), over: Int64(codes.count))) == "75.00")
  }

  @Test func s031_newLoansAgainstTheProvince() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.put(Ledger.Indicator(code: "LOAN_GROWTH", name: "贷款增速", unit: "%", nature: .growth))
    try ledger.put([
      Ledger.Observation(indicator: "LOAN_GROWTH", region: "410200", period: "2022-05", valueE6: try value("11.55")),
      Ledger.Observation(indicator: "LOAN_GROWTH", region: "410000", period: "2022-05", valueE6: try value("8.26")),
    ])
    let own = try #require(try values(ledger, "410200", "2022-05")["LOAN_GROWTH"])
    let province = try #require(try values(ledger, "410000", "2022-05")["LOAN_GROWTH"])
    #expect(own - province == (try value("3.29")))
  }

  /// Townships race by the month: a grouped query puts them in order, and the month before says who moved.
  @Test func s089_townshipsRaceByTheMonth() throws {
    let ledger = try OpenLedger()
    let townships = ["410902100", "410902101", "410902102"]
    try ledger.put([
      Ledger.Region(code: "410000", name: "河南省", kind: .province),
      Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
      Ledger.Region(code: "410902", name: "华龙区", kind: .county, parent: "410900"),
    ])
    try ledger.put(
      townships.map { Ledger.Region(code: $0, name: "镇\($0.suffix(1))", kind: .township, parent: "410902") })
    try ledger.put(Ledger.Indicator(code: "RACE", name: "赛马得分", unit: "分", nature: .stock))
    for (period, scores) in [("2023-02", ["91", "88.5", "90"]), ("2023-03", ["89", "92.25", "90"])] {
      try ledger.put(
        try zip(townships, scores).map { region, score in
          Ledger.Observation(indicator: "RACE", region: region, period: period, valueE6: try value(score))
        })
    }
    let order = { (period: String) in
      let rows = try ledger.group(
        "Observation", "indicator = RACE AND period = \"\(period)\" AND region.parent = \"410902\"", by: ["region"],
        [.max("value_e6")])
      return rank(
        rows, by: { row in if case .integer(let score) = row[1] { Fraction(score) } else { nil } },
        regionCode: { row in if case .text(let code) = row[0] { code } else { "" } }, better: .higher,
        tieRule: .standard
      ).map { $0.item[0] }
    }
    #expect(try order("2023-02") == ["410902100", "410902102", "410902101"].map(ColumnValue.text))
    #expect(try order("2023-03") == ["410902101", "410902102", "410902100"].map(ColumnValue.text))
  }

  @Test func s095_nextYearsTargetsStandByRegion() throws {
    let ledger = try OpenLedger()
    try ledger.put(OpenLedger.henan)
    try ledger.put([
      Ledger.Indicator(code: "PROJECTS", name: "谋划项目", unit: "个", nature: .stock),
      Ledger.Indicator(code: "PLAN", name: "年度计划", unit: "亿元", nature: .cumulative),
    ])
    try ledger.put([
      Ledger.Target(indicator: "PROJECTS", region: "410928", year: 2023, valueE6: try value("95")),
      Ledger.Target(indicator: "PLAN", region: "410928", year: 2023, valueE6: try value("208")),
      Ledger.Target(indicator: "PROJECTS", region: "410923", year: 2023, valueE6: try value("73")),
      Ledger.Target(indicator: "PLAN", region: "410923", year: 2023, valueE6: try value("390")),
    ])
    #expect(
      try ledger.group("Target", "year = 2023", by: ["indicator"], [.sum("value_e6")]) == [
        [.text("PLAN"), .integer(try value("598"))], [.text("PROJECTS"), .integer(try value("168"))],
      ])
  }

  /// 初步 → 最终, and a correction only with a reason, which keeps what the figure was.
  @Test func s118_publishedFiguresAreCorrectedNotOverwritten() throws {
    let ledger = try OpenLedger()
    try ledger.put(Ledger.Indicator(code: "OUTPUT", name: "产值增速", unit: "%", nature: .growth))
    var figure = Ledger.Observation(
      indicator: "OUTPUT", region: "430500", period: "2022-10", valueE6: try value("16.8"), finality: .preliminary)
    try ledger.put(figure)
    figure.valueE6 = try value("16.9")
    try ledger.put(figure)
    figure.finality = .final
    try ledger.put(figure)
    // The same again changes nothing.
    #expect(try ledger.put([figure]).unchanged == 1)

    var changed = figure
    changed.valueE6 = try value("17")
    let unexplained = refused { try ledger.put(changed) }
    #expect(unexplained?.reason == "CORRECTION_REASON" && unexplained?.message.contains("correction_reason") == true)
    #expect(unexplained?.message.contains("有权录入的人可以更正") == true)
    var backwards = figure
    backwards.finality = .preliminary
    let refusal = refused { try ledger.put(backwards) }
    #expect(refusal?.reason == "FIGURE_IS_FINAL" && refusal?.message.contains("更正") == true)
    let taken = refused {
      try ledger.write {
        try $0.delete(Ledger.Observation.self, key: "OUTPUT/430500/2022-10", etag: "", schemas: RecordCatalog.schemas)
      }
    }
    #expect(taken?.reason == "FIGURE_IS_FINAL")

    changed.correctionReason = "统计口径核实"
    changed.corrections = [Ledger.FigureCorrection(oldValueE6: 1, reason: "伪造")]
    try ledger.put(changed)
    let stored = try Ledger.Observation(
      packed: try #require(try ledger.record("Observation", changed.key)), limits: .standard)
    #expect(stored.valueE6 == (try value("17")) && stored.correctionReason.isEmpty)
    let correction = try #require(stored.corrections.first)
    #expect(stored.corrections.count == 1 && correction.oldValueE6 == figure.valueE6)
    #expect(correction.reason == "统计口径核实" && correction.actor == "测试员" && correction.time?.seconds == 1_668_384_000)

    // In a ledger that does not have the figure it comes with what was corrected; a preliminary one has none.
    let elsewhere = try OpenLedger()
    try elsewhere.put(Ledger.Indicator(code: "OUTPUT", name: "产值增速", unit: "%", nature: .growth))
    var moved = stored
    moved.meta = nil
    try elsewhere.put(moved)
    let kept = try Ledger.Observation(
      packed: try #require(try elsewhere.record("Observation", moved.key)), limits: .standard)
    #expect(kept.corrections == stored.corrections)
    moved.period = "2022-11"
    moved.finality = .preliminary
    #expect(refused { try elsewhere.put(moved) }?.violations.first?.rule == "NOT_FINAL")

    // Targets are published in the same way.
    var target = Ledger.Target(indicator: "OUTPUT", region: "430500", year: 2022, valueE6: 1, finality: .final)
    try ledger.put(target)
    target.valueE6 = 2
    #expect(refused { try ledger.put(target) }?.reason == "CORRECTION_REASON")
  }
}
