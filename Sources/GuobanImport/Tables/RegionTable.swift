internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Region> {
  static let regions = RecordTable(
    stem: "regions", title: "区划",
    columns: [
      .code("code", \.code, RegionIdentifier.self, "区划代码", "行政区划代码", "代码").required,
      .text("name", \.name, "名称", "区划名称").required,
      .text("short_name", \.shortName, "简称"),
      .choice(
        "kind", \.kind,
        [
          "省": .province, "市": .city, "县": .county, "区": .county, "乡镇": .township, "街道": .township, "功能区": .zone,
          "开发区": .zone,
        ],
        "类型", "区划类型"
      ).required,
      .code("parent", \.parent, RegionIdentifier.self, "上级区划", "上级区划代码"),
      .text("rank_group", \.rankGroup, "排名组"),
      .date("valid_from", \.validFrom, "启用日期"),
      .date("valid_until", \.validUntil, "停用日期"),
      .integer("display_order", \.displayOrder, "显示顺序", "排序"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Region() },
    key: \.code)
}
