internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Pass> {
  /// Passes as they are, with their numbers: those that the daemon issued, and those of before it. New ones are asked for
  /// in `passRequests`.
  static let passes = RecordTable(
    stem: "passes", title: "通行证",
    columns: [
      .code("number", \.number, PassNumber.self, "通行证号", "证号").required,
      .choice("kind", \.kind, PassWords.kinds, "类型").required,
      .code("plate", \.plate, Plate.self, "车牌号", "号牌").required,
      .choice("plate_color", \.plateColor, PassWords.plateColors, "车牌颜色"),
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("goods", \.goods, "货物").required,
      .weight("load_kg", \.loadKg, "载重"),
      .code("origin", \.origin, RegionIdentifier.self, "起点区划", "起点").required,
      .code("destination", \.destination, RegionIdentifier.self, "终点区划", "终点").required,
      .choices("conditions", \.conditions, PassWords.conditions, "通行条件"),
      .date("valid_from", \.validFrom, "有效期起").required,
      .date("valid_until", \.validUntil, "有效期止").required,
      .choice("state", \.state, ["有效": .issued, "已吊销": .revoked, "已被替换": .replaced], "状态").required,
      .text("holder.name", \.holder.parts.name, "持证人"),
      .text("holder.phone", \.holder.parts.phone, "持证人电话"),
      .text("holder.id_number", \.holder.parts.idNumber, "身份证号"),
      .text("revoke_reason", \.revokeReason, "吊销原因"),
      .text("replaced_by", \.replacedBy, "替换为"),
      .text("renews", \.renews, "换领自"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Pass() },
    key: \.number)
}
