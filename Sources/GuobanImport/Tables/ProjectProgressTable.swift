internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.ProjectProgress> {
  static let projectProgress = RecordTable(
    stem: "project_progress", title: "项目进度",
    columns: [
      .code("project", \.project, ProjectCode.self, "项目代码").required,
      .month("month", \.month, "月份", "截至月份").required,
      .money("completed_fen", \.completedFen, "本年累计完成投资", "累计完成投资", "completed").required,
      .money("funds_in_place_fen", \.fundsInPlaceFen, "本年到位资金", "到位资金", "funds_in_place"),
      .permille("physical_permille", \.physicalPermille, "形象进度"),
      .text("note", \.note, "备注", "说明"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.ProjectProgress() },
    key: { "\($0.project)/\($0.month)" })
}
