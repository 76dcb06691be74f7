public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Activity: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Activity",
    [
      .choice("kind", Ledger.ActivityKind.self), ColumnSchema("topic", .text), ColumnSchema("title", .text),
      ColumnSchema("region", .text, references: "Region"), .day("date"), .month("month"),
      ColumnSchema("year", .integer), ColumnSchema("organiser", .text),
      ColumnSchema("enterprise", .text, references: "Enterprise"),
      ColumnSchema("project", .text, references: "Project"), ColumnSchema("officer", .text, references: "Officer"),
      ColumnSchema("programme", .text, references: "Programme"),
    ] + countNames.map { ColumnSchema($0, .integer) },
    indexes: [["region", "date"], ["enterprise"], ["project"], ["officer"], ["programme"]], regions: ["region"])

  private static let countNames = [
    "participants", "enterprise_count", "problems_raised", "problems_solved", "jobs_agreed", "handouts",
    "amount_agreed_fen",
  ]

  private var counts: [Int64] {
    [participants, enterpriseCount, problemsRaised, problemsSolved, jobsAgreed, handouts].map(Int64.init)
      + [amountAgreedFen]
  }

  public static var isShared: Bool { false }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.code("id", id) { text throws(RuleViolation) in try RecordID(text) }
    checks.choice("kind", kind, among: Ledger.ActivityKind.allCases)
    checks.name("topic", topic, required: false, max: 64)
    checks.name("title", title, required: false)
    checks.reference("region", region)
    checks.date("date", date, required: true)
    checks.name("organiser", organiser, required: false)
    checks.code("enterprise", enterprise, required: false) { text throws(RuleViolation) in try USCC(text) }
    checks.reference("project", project, required: false)
    checks.reference("officer", officer, required: false)
    checks.reference("programme", programme, required: false)
    for (name, count) in zip(Self.countNames.dropLast(), counts) {
      checks.range(name, count, in: 0...10_000_000, unit: .ones)
    }
    checks.money("amount_agreed_fen", amountAgreedFen)
    if problemsSolved > problemsRaised, problemsRaised > 0 {
      checks.report(
        "problems_solved", value: "\(problemsSolved)", rule: "MORE_THAN_RAISED",
        "解决 \(problemsSolved) 个，多于提出的 \(problemsRaised) 个",
        "\(problemsSolved) solved, more than the \(problemsRaised) raised")
    }
    checks.text("note", note)
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(kind.name), .text(topic), .text(title), .text(region), .text(date), .text(String(date.prefix(7))),
      .integer(Int64(date.prefix(4)) ?? 0), .text(organiser), .text(enterprise), .text(project), .text(officer),
      .text(programme),
    ] + counts.map(ColumnValue.integer)
  }
}
