internal import GuobanMessages
internal import GuobanModel

/// The sheet of passes to be issued together. Issuing is not an import: numbers are the daemon's to give.
public enum PassRequestTable {
  /// Reads a sheet; its records are packed `IssuePassRequest`s.
  ///
  /// - Parameter file: how messages name it.
  public static func read(_ bytes: [UInt8], file: String, limits: ImportLimits) -> ImportedFile {
    var table = RecordTable.passRequests
    table.file = file
    return ImportedFile(recordType: "IssuePassRequest", table.read(bytes, limits: limits)) {
      ImportedRecord(bytes: $1.packed(), line: $0)
    }
  }
}

extension RecordTable<Ledger.IssuePassRequest> {
  static let passRequests = RecordTable(
    file: "passes.csv",
    columns: [
      .text("division", \.division, "发证机关", "发证区划"),
      .choice(
        "kind", \.kind, ["市内": .city, "省内": .province, "省内重点物资": .province, "跨省": .interprovince], "种类", "通行证种类"
      ).required,
      .code("plate", \.plate, Plate.self, "车牌号", "号牌").required,
      .choice(
        "plate_color", \.plateColor,
        ["蓝": .blue, "黄": .yellow, "绿": .green, "黄绿": .yellowGreen, "白": .white, "黑": .black], "号牌颜色", "车牌颜色"),
      .code("enterprise", \.enterprise, USCC.self, "统一社会信用代码", "企业信用代码"),
      .text("goods", \.goods, "货物", "货物名称").required,
      .tonnes("load_kg", \.loadKg, "吨数", "载重吨数"),
      .code("origin", \.origin, RegionIdentifier.self, "起点区划", "起点").required,
      .code("destination", \.destination, RegionIdentifier.self, "终点区划", "终点").required,
      .conditions("conditions", \.conditions, "通行条件"),
      .date("valid_from", \.validFrom, "有效期起", "起始日期"),
      .date("valid_until", \.validUntil, "有效期止", "截止日期"),
      .holder("holder.name", \.name, "持证人", "持证人姓名"),
      .holder("holder.phone", \.phone, "联系电话", "持证人电话"),
      .holder("holder.id_number", \.idNumber, "身份证号"),
      .list("tags", \.tags, "标签"),
    ],
    empty: { Ledger.IssuePassRequest() },
    key: { "\($0.plate) \($0.origin) \($0.destination)" })
}

extension ColumnMapping<Ledger.IssuePassRequest> {
  fileprivate static func tonnes(_ field: String, _ path: Path<Int64>, _ heads: String...) -> Self {
    Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      row[keyPath: path] = try ExactDecimal(cell).scaled(byPowerOfTen: 3, text: cell)
    }
  }

  fileprivate static func holder(
    _ field: String, _ path: any WritableKeyPath<Ledger.Contact, String> & Sendable, _ heads: String...
  ) -> Self {
    Self(heads: heads, field: field) { row, cell, _ in
      var holder = row.holder ?? Ledger.Contact()
      holder[keyPath: path] = cell
      row.holder = holder
    }
  }

  fileprivate static func conditions(
    _ field: String, _ path: Path<[Ledger.PassCondition]>, _ heads: String...
  ) -> Self {
    let known: KeyValuePairs<String, Ledger.PassCondition> = ["司机不下车": .driverStaysInCab, "护送": .escort]
    return Self(heads: heads, field: field) { (row, cell, _) throws(RuleViolation) in
      for word in cell.split(whereSeparator: { "、;；".contains($0) }).map({ String($0).trimmed }) where !word.isEmpty {
        guard let value = known.first(where: { $0.key == word })?.value else {
          throw RuleViolation(
            rule: "NOT_A_CHOICE", message: "“\(word.prefix(40))”不在可选项内，可选：司机不下车、护送",
            englishMessage: "\"\(word.prefix(40))\" is neither 司机不下车 nor 护送")
        }
        row[keyPath: path].append(value)
      }
    }
  }
}
