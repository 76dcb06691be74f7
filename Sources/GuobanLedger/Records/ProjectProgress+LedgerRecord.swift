public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.ProjectProgress: LedgerRecord {
  public static let schema = RecordSchema.record(
    "ProjectProgress",
    [
      ColumnSchema("project", .text, references: "Project"), .month("month"),
      ColumnSchema("year", .integer), ColumnSchema("completed_fen", .integer),
      ColumnSchema("funds_in_place_fen", .integer), ColumnSchema("physical_permille", .integer),
    ],
    indexes: [["project", "month"], ["month"]], regions: ["project.region"])

  public static var isShared: Bool { false }

  public var key: String { "\(project)/\(month)" }

  public func check(_ checks: inout RecordChecks) {
    checks.reference("project", project)
    checks.code("month", month) { text throws(RuleViolation) in try CivilMonth(text) }
    checks.money("completed_fen", completedFen)
    checks.money("funds_in_place_fen", fundsInPlaceFen)
    checks.range("physical_permille", Int64(physicalPermille), in: 0...1000, unit: .permille)
    checks.text("note", note)
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(project), .text(month), .integer(Int64(month.prefix(4)) ?? 0), .integer(completedFen),
      .integer(fundsInPlaceFen), .integer(Int64(physicalPermille)),
    ]
  }
}
