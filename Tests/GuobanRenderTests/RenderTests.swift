import Foundation
import GuobanMessages
import GuobanRender
import Testing

/// Golden texts: what people and programs read, to the character.
@Suite struct RenderTests {
  private let result: Reporting.Result = Reporting.Result(
    title: "完成率", subtitle: "截至 3 月",
    tables: [
      Reporting.Table(
        id: "t", title: "县区",
        columns: [
          Reporting.ColumnSpec(id: "name", title: "地区", kind: .text),
          Reporting.ColumnSpec(
            id: "plan", title: "计划", kind: .ratio, unit: "亿元", decimals: 2, divisor: 10_000_000_000),
          Reporting.ColumnSpec(id: "share", title: "完成率", kind: .ratio, unit: "%", decimals: 1),
          Reporting.ColumnSpec(id: "lead", title: "超序时", kind: .ratio, unit: "个百分点", decimals: 2, signed: true),
          Reporting.ColumnSpec(id: "light", title: "灯", kind: .light),
          Reporting.ColumnSpec(id: "outcome", title: "结论", kind: .outcome),
        ],
        rows: [
          Self.row("南乐县", 1_200_300_000_000, (5456, 12003), (20, 100), "GREEN", "NOT_PASSED"),
          Self.row("=Puyang, \"县\"", 3_434_000_000_000, (12840, 34340), (-31, 100), "RED", "NOT_PASSED"),
          Reporting.Row(
            cells: [
              .init(value: .text("合计")), .init(value: .integer(4_634_300_000_000)), .init(value: .missing("缺数据")),
              .init(), .init(value: .missing("缺数据")), .init(value: .text("NO_DATA")),
            ], kind: .total),
        ])
    ], notes: [Reporting.Note(kind: .missing, text: "清丰县\u{1B}[31m没有数")], methodVersion: "t/1")

  private static func row(
    _ name: String, _ plan: Int64, _ share: (Int64, Int64), _ lead: (Int64, Int64), _ light: String, _ outcome: String
  ) -> Reporting.Row {
    let ratio = { (pair: (Int64, Int64)) in
      Reporting.Cell(value: .ratio(Reporting.Ratio(numerator: pair.0, denominator: pair.1)))
    }
    return Reporting.Row(cells: [
      .init(value: .text(name)), .init(value: .integer(plan)), ratio(share), ratio(lead), .init(value: .text(light)),
      .init(value: .text(outcome)),
    ])
  }

  @Test func aTerminalTableLinesUp() {
    #expect(
      TerminalTable(usesColour: false).render(result) == """
        完成率  截至 3 月

        【县区】
        地区           计划(亿元)  完成率(%)  超序时(个百分点)  灯   结论
        ───────────────────────────────────────────────────────────────────
        南乐县             120.03       45.5            +20.00  ●绿  未过半
        =Puyang, "县"      343.40       37.4            -31.00  ●红  未过半
        ───────────────────────────────────────────────────────────────────
        合计               463.43          —                 —  —    缺数据

        缺数据：清丰县 [31m没有数

        """)
  }

  @Test func coloursAreOnlyForTerminals() {
    let text = TerminalTable(usesColour: true).render(result)
    #expect(text.contains("\u{1B}[32m●绿\u{1B}[0m"))
    #expect(text.contains("\u{1B}[31m●红\u{1B}[0m"))
    #expect(!TerminalTable(usesColour: false).render(result).contains("\u{1B}"))
  }

  @Test func csvQuotesAndDisarmsFormulas() {
    #expect(
      CSVTable(hasByteOrderMark: true).render(result)
        == "\u{FEFF}完成率,截至 3 月\r\n\r\n县区\r\n地区,计划(亿元),完成率(%),超序时(个百分点),灯,结论\r\n"
        + "南乐县,120.03,45.5,+20.00,绿,未过半\r\n"
        + "\"'=Puyang, \"\"县\"\"\",343.40,37.4,-31.00,红,未过半\r\n合计,463.43,,,,缺数据\r\n\r\n"
        + "缺数据：清丰县 [31m没有数\r\n")
  }

  @Test func markdownEscapesWhatWouldBeMarkup() {
    let text = MarkdownTable().render(result)
    #expect(text.contains("| 地区 | 计划(亿元) | 完成率(%) | 超序时(个百分点) | 灯 | 结论 |\n|---|---:|---:|---:|---|---|\n"))
    #expect(text.contains("| **合计** | **463.43** | **—** |"))
    #expect(text.contains("- 缺数据：清丰县 \\[31m没有数\n"))
  }

  @Test func jsonHoldsExactAndPrintedValues() throws {
    let text = JSONReport().render(result)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let tables = try #require(json["tables"] as? [[String: Any]])
    let rows = try #require(tables[0]["rows"] as? [[String: Any]])
    let cells = try #require(rows[0]["cells"] as? [String: [String: Any]])
    let share = try #require(cells["share"])
    #expect((share["printed"] as? String) == "45.5")
    #expect((share["ratio"] as? [String: String]) == ["numerator": "5456", "denominator": "12003"])
    #expect((json["rounding"] as? String) == "HALF_UP")
    #expect(!text.contains("\u{1B}"))
  }

  @Test(arguments: [(Reporting.Rounding.halfUp, "12.5"), (.halfEven, "12.4"), (.truncate, "12.4")])
  func aFigureIsRoundedOnceByTheReportsRule(rounding: Reporting.Rounding, expected: String) {
    let column = Reporting.ColumnSpec(id: "a", title: "a", kind: .ratio, unit: "%", decimals: 1)
    let cell = Reporting.Cell(value: .ratio(Reporting.Ratio(numerator: 1245, denominator: 10000)))
    #expect(CellPrint(Reporting.Result(rounding: rounding)).text(cell, in: column) == expected)
  }
}
