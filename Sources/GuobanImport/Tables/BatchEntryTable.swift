internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.BatchEntry> {
  static let batchEntries = RecordTable(
    stem: "batch_entries", title: "三个一批",
    columns: [
      .code("project", \.project, ProjectCode.self, "项目代码").required,
      .text("period", \.period, "期次").required,
      .choice(
        "batch", \.batch,
        ["签约一批": .signing, "开工一批": .starting, "投产一批": .production, "签约": .signing, "开工": .starting, "投产": .production],
        "批次"
      ).required,
      .date("next_stage", \.nextStage, "进入下一阶段日期"),
      .date("left", \.left, "达效调出日期", "调出日期"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.BatchEntry() },
    key: { "\($0.project)/\($0.period)/\($0.batch.name)" })
}
