internal import GuobanMessages
internal import GuobanModel
internal import GuobanSheet

extension RecordTable<Ledger.Entry> {
  /// The table of a register: its columns are the definition's fields.
  static func entries(of register: Ledger.Register) -> Self {
    let makesID = !register.keyTemplate.isEmpty
    let id = ColumnMapping<Ledger.Entry>.text("id", \.id, "编号")
    let region = ColumnMapping<Ledger.Entry>.code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划")
    let fixed = [makesID ? id.noted("空着即可，由系统按规则编号") : id.required]
    let hasRegion = register.region == .required
    let fields = register.fields.map(column)
    let name = register.id
    return RecordTable(
      stem: name, title: register.title,
      columns: fixed + (hasRegion ? [region.required] : []) + fields + [
        .list("tags", \.tags, "标签"), .labels(\.labels),
      ],
      empty: { Ledger.Entry(register: name) },
      key: { entry in
        // Without an id, all that makes one.
        entry.id.isEmpty ? "\(entry.region)/\(entry.values.map { $0.packed() })" : entry.id
      })
  }

  private static func column(_ field: Ledger.RegisterField) -> ColumnMapping<Ledger.Entry> {
    var guide = ColumnGuide(kind: "文字")
    var units = UnitRule.none
    let scale = field.type == .decimal ? 6 : 0
    switch field.type {
    case .integer: guide = ColumnGuide(kind: "整数", example: "120", isNumber: true)
    case .decimal: guide = ColumnGuide(kind: "数值", example: "6.1", isNumber: true)
    case .money:
      guide = ColumnGuide(kind: "金额", example: "1234.56", note: "单位写在表头：(元)、(万元) 或 (亿元)", isNumber: true)
      units = .money
    case .date: guide = ColumnGuide(kind: "日期", example: "2023-06-30")
    case .month: guide = ColumnGuide(kind: "月份", example: "2023-06")
    case .choice: guide = ColumnGuide(kind: "选项", allowed: field.choices)
    case .boolean: guide = ColumnGuide(kind: "是/否", allowed: ["是", "否"])
    case .reference: guide = ColumnGuide(kind: "代码", note: "\(field.references) 的代码")
    default: break
    }
    if !field.unit.isEmpty, units == .none { guide.note = "单位：\(field.unit)" }
    var column = ColumnMapping<Ledger.Entry>(
      heads: [field.title, field.name], field: field.name, mask: "values." + field.name, units: units, guide: guide
    ) { (entry, cell, powerOfTen) throws(RuleViolation) in
      let kind = try value(of: cell, field, powerOfTen: powerOfTen + scale)
      entry.values.removeAll { $0.field == field.name }
      entry.values.append(Ledger.EntryValue(field: field.name, kind: kind))
    } show: { entry, powerOfTen in
      guard let kind = entry.values.first(where: { $0.field == field.name })?.kind else { return .empty }
      return switch kind {
      case .text(let text): field.type == .date ? .date(text) : .text(text)
      case .integer(let number): .number(decimalText(number, powerOfTen: powerOfTen + scale))
      case .boolean(let isSo): .text(isSo ? "是" : "否")
      }
    }
    column.isRequired = field.required
    return column
  }

  private static func value(
    of cell: String, _ field: Ledger.RegisterField, powerOfTen: Int
  ) throws(RuleViolation) -> Ledger.EntryValue.Kind {
    switch field.type {
    case .integer, .decimal, .money: .integer(try ExactDecimal(cell).scaled(byPowerOfTen: powerOfTen, text: cell))
    case .date: .text(try CivilDate(typed: cell).text)
    case .month: .text(try CivilMonth(typed: cell).text)
    case .boolean:
      switch cell {
      case "是", "true", "1", "√": .boolean(true)
      case "否", "false", "0", "×": .boolean(false)
      default:
        throw RuleViolation(
          rule: "NOT_A_CHOICE", message: "“\(cell.prefix(40))”应写 是 或 否", englishMessage: "write 是 or 否")
      }
    default: .text(cell)
    }
  }
}
