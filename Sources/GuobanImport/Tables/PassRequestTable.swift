public import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.IssuePassRequest> {
  /// The sheet of passes to be issued together. Numbers are the daemon's to give.
  static let passRequests = RecordTable(
    stem: "pass_requests", title: "通行证申请",
    columns: [
      .text("division", \.division, "发证机关", "发证区划"),
      .choice("kind", \.kind, PassWords.kinds, "类型", "种类", "通行证种类").required,
      .code("plate", \.plate, Plate.self, "车牌号", "号牌").required,
      .choice("plate_color", \.plateColor, PassWords.plateColors, "车牌颜色", "号牌颜色"),
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("goods", \.goods, "货物", "货物名称").required,
      .weight("load_kg", \.loadKg, "载重", "吨数"),
      .code("origin", \.origin, RegionIdentifier.self, "起点区划", "起点").required,
      .code("destination", \.destination, RegionIdentifier.self, "终点区划", "终点").required,
      .choices("conditions", \.conditions, PassWords.conditions, "通行条件"),
      .date("valid_from", \.validFrom, "有效期起", "起始日期"),
      .date("valid_until", \.validUntil, "有效期止", "截止日期"),
      .text("holder.name", \.holder.parts.name, "持证人", "持证人姓名"),
      .text("holder.phone", \.holder.parts.phone, "持证人电话", "联系电话"),
      .text("holder.id_number", \.holder.parts.idNumber, "身份证号"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.IssuePassRequest() },
    key: { "\($0.plate) \($0.origin) \($0.destination)" })
}

/// What clerks write for a pass's choices.
public enum PassWords {
  public static let kinds: KeyValuePairs<String, Ledger.PassKind> = [
    "市内": .city, "省内重点物资": .province, "省内": .province, "跨省": .interprovince,
  ]
  public static let plateColors: KeyValuePairs<String, Ledger.PlateColor> = [
    "蓝": .blue, "黄": .yellow, "绿": .green, "黄绿": .yellowGreen, "白": .white, "黑": .black,
  ]
  public static let conditions: KeyValuePairs<String, Ledger.PassCondition> = [
    "司机不下车": .driverStaysInCab, "护送": .escort,
  ]
}

extension Ledger.Contact? {
  /// The contact as it is set field by field: there is none when all are empty.
  var parts: Ledger.Contact {
    get { self ?? Ledger.Contact() }
    set { self = newValue == Ledger.Contact() ? nil : newValue }
  }
}
