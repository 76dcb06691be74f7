public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.BatchEntry: LedgerRecord {
  public static let schema = RecordSchema.record(
    "BatchEntry",
    [
      ColumnSchema("project", .text, references: "Project"), ColumnSchema("period", .text),
      .choice("batch", Ledger.BatchKind.self), .day("next_stage"), .day("left"),
    ],
    indexes: [["project"], ["period", "batch"]], regions: ["project.region"])

  public static var isShared: Bool { false }

  public var key: String { "\(project)/\(period)/\(batch.name)" }

  public func check(_ checks: inout RecordChecks) {
    checks.reference("project", project)
    checks.name("period", period, max: 32)
    if period.contains("/") {
      checks.report(
        "period", value: period, rule: "SLASH", "期次里不能有“/”，写成 2023-08 或 第八期",
        "a period cannot have a “/”; write it as 2023-08 or 第八期")
    }
    checks.choice("batch", batch, among: Ledger.BatchKind.allCases)
    let next = checks.date("next_stage", nextStage)
    let gone = checks.date("left", left)
    if let next, let gone, gone < next {
      checks.report(
        "left", value: left, rule: "OUT_OF_ORDER", "调出日期早于进入下一阶段的日期 \(nextStage)",
        "left before it came to the next stage on \(nextStage)")
    }
  }

  public var ownColumns: [ColumnValue] {
    [.text(project), .text(period), .text(batch.name), .text(nextStage), .text(left)]
  }
}
