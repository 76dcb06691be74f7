internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Pass> {
  /// Only the daemon makes passes, so these rows go out and do not come in.
  static let passes = RecordTable(
    stem: "passes", title: "通行证",
    columns: [
      .text("number", \.number, "通行证号").required,
      .choice("kind", \.kind, ["市内": .city, "省内重点物资": .province, "跨省": .interprovince], "类型").required,
      .text("plate", \.plate, "车牌号").required,
      .choice(
        "plate_color", \.plateColor,
        ["蓝": .blue, "黄": .yellow, "绿": .green, "黄绿": .yellowGreen, "白": .white, "黑": .black], "车牌颜色"),
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("goods", \.goods, "货物").required,
      .weight("load_kg", \.loadKg, "载重"),
      .code("origin", \.origin, RegionIdentifier.self, "起点区划", "起点").required,
      .code("destination", \.destination, RegionIdentifier.self, "终点区划", "终点").required,
      .choices("conditions", \.conditions, ["司机不下车": .driverStaysInCab, "护送": .escort], "通行条件"),
      .date("valid_from", \.validFrom, "有效期起").required,
      .date("valid_until", \.validUntil, "有效期止").required,
      .choice("state", \.state, ["有效": .issued, "已吊销": .revoked, "已被替换": .replaced], "状态"),
      .text("holder_name", \.holderName, "持证人"),
      .text("holder_phone", \.holderPhone, "持证人电话"),
      .text("revoke_reason", \.revokeReason, "吊销原因"),
      .text("replaced_by", \.replacedBy, "替换为"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Pass() },
    key: \.number)
}
