internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Indicator> {
  static let indicators = RecordTable(
    stem: "indicators", title: "指标",
    columns: [
      .code("code", \.code, IndicatorCode.self, "指标代码", "代码").required,
      .text("name", \.name, "指标名称", "名称").required,
      .text("unit", \.unit, "计量单位", "单位").required,
      .choice(
        "nature", \.nature, ["累计": .cumulative, "增速": .growth, "存量": .stock, "时点": .stock], "性质", "指标性质"
      ).required,
      .choice("better", \.better, ["高": .higher, "低": .lower, "越高越好": .higher, "越低越好": .lower], "方向"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Indicator() },
    key: \.code)
}

extension RecordTable<Ledger.Target> {
  static let targets = RecordTable(
    stem: "targets", title: "目标",
    columns: [
      .code("indicator", \.indicator, IndicatorCode.self, "指标代码").required,
      .code("region", \.region, RegionIdentifier.self, "区划", "所属区划", "区划代码").required,
      .year("year", \.year, "年度", "年份").required,
      .figure("value", \.valueE6, "目标值", "目标").required,
      .choice("finality", \.finality, ["初步": .preliminary, "最终": .final], "数据状态"),
      .text("correction_reason", \.correctionReason, "更正原因").noted("更正已是“最终”的数据时填写"),
      .corrections(\.corrections),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Target() },
    key: { "\($0.indicator)/\($0.region)/\($0.year)" })
}

extension RecordTable<Ledger.Observation> {
  static let observations = RecordTable(
    stem: "observations", title: "指标数据",
    columns: [
      .code("indicator", \.indicator, IndicatorCode.self, "指标代码").required,
      .code("region", \.region, RegionIdentifier.self, "区划", "所属区划", "区划代码").required,
      .period("period", \.period, "时期", "期别").required,
      .figure("value", \.valueE6, "数值", "实际值", "完成值").required,
      .choice("finality", \.finality, ["初步": .preliminary, "最终": .final], "数据状态"),
      .text("source", \.source, "来源", "数据来源"),
      .text("correction_reason", \.correctionReason, "更正原因").noted("更正已是“最终”的数据时填写"),
      .corrections(\.corrections),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Observation() },
    key: { "\($0.indicator)/\($0.region)/\($0.period)" })
}
