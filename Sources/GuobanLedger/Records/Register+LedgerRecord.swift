public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.Register: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Register",
    [
      ColumnSchema("title", .text), ColumnSchema("version", .integer),
      .choice("region_rule", Ledger.RegisterRegion.self),
    ],
    children: [
      ChildSchema(
        name: "RegisterField",
        columns: [
          ColumnSchema("name", .text), ColumnSchema("title", .text), .choice("type", Ledger.FieldType.self),
          ColumnSchema("unit", .text), ColumnSchema("required", .integer), ColumnSchema("column", .text),
        ])
    ], regions: [])

  /// Every region fills the same registers; only whoever is held to no region defines them.
  public static var isShared: Bool { true }

  public static var writePermission: Permission { .defineRegisters }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.code("id", id) { text throws(RuleViolation) in try RegisterName(text) }
    if Self.recordSources.contains(id.filter { $0 != "_" }) {
      checks.report(
        "id", value: id, rule: "RESERVED_NAME", "“\(id)”是一种记录的名称，查询时会混淆，请换一个名称",
        "“\(id)” is the name of a record type, and queries would confuse them; please choose another name")
    }
    checks.name("title", title, max: 64)
    checks.name("title_english", titleEnglish, max: 64)
    checks.text("description", description)
    checks.choice("region", region, among: Ledger.RegisterRegion.allCases)
    if fields.isEmpty { checks.missing("fields") }
    checks.count("fields", fields.count, max: RegisterLimit.fieldsMax)
    var names = Set<String>()
    for (index, field) in fields.prefix(RegisterLimit.fieldsMax).enumerated() {
      let path = "fields[\(index)]."
      field.check(&checks, path: path)
      if !names.insert(field.name).inserted {
        checks.report(
          path + "name", value: field.name, rule: "REPEATED", "字段“\(field.name)”重复，请删去一个",
          "the field “\(field.name)” is repeated; please remove one")
      }
    }
    checkTemplate(&checks)
  }

  /// As people write them in queries, where a register of that name would stand in the way: "projectplan".
  private static let recordSources = Set(
    RecordCatalog.schemas.flatMap { [$0.name] + $0.children.map(\.name) }.map { $0.lowercased() })

  private func checkTemplate(_ checks: inout RecordChecks) {
    guard
      let template = checks.code(
        "key_template", keyTemplate, required: false,
        { text throws(RuleViolation) in
          try KeyTemplate(text)
        })
    else { return }
    for name in template.fields {
      if name == "region" {
        if region == .required { continue }
      } else if let field = fields.first(where: { $0.name == name }), field.required, field.type != .boolean {
        continue
      }
      checks.report(
        "key_template", value: keyTemplate, rule: "KEY_TEMPLATE_FIELD",
        "编号模板里的“\(name)”必须是一个必填的（非是否型）字段，或在分区划的台账里用 region",
        "“\(name)” in the template of ids must be a required field other than a boolean, or region in a register with regions"
      )
    }
  }

  public mutating func settle(after old: Ledger.Register?, in writer: any LedgerWriter, path: String) throws {
    if let old { try RegisterChange(from: old, to: self).refuseInvalidated(in: writer) }
    try placeFields(as: old, path: path)
    version = old?.version ?? 1
    guard let old else { return }
    var (before, after) = (old, self)
    before.meta = nil
    after.meta = nil
    if before != after { version += 1 }
  }

  /// A field that was there keeps its column; a new one gets a free one.
  private mutating func placeFields(as old: Ledger.Register?, path: String) throws {
    var taken = Set<String>()
    for index in fields.indices {
      let before = old?.fields.first { $0.name == fields[index].name }
      fields[index].column = before.flatMap { $0.isKept(as: fields[index]) ? $0.column : nil } ?? ""
      taken.insert(fields[index].column)
    }
    for index in fields.indices where fields[index].column.isEmpty {
      let candidates = EntryColumns.candidates(for: fields[index])
      guard let free = candidates.first(where: { !taken.contains($0) }) else {
        throw LedgerError.invalid([
          RecordViolation(
            field: "\(path)fields[\(index)]", value: fields[index].name, rule: "TOO_MANY_OF_A_TYPE",
            "这一类字段最多 \(candidates.count) 个，放不下“\(fields[index].name)”；请拆成两本台账",
            "there are at most \(candidates.count) fields of this type, and no room for “\(fields[index].name)”; please make two registers of it"
          )
        ])
      }
      fields[index].column = free
      taken.insert(free)
    }
  }

  public var ownColumns: [ColumnValue] { [.text(title), .integer(Int64(version)), .text(region.name)] }

  public var childRows: [[[ColumnValue]]] {
    [
      fields.map {
        [
          .text($0.name), .text($0.title), .text($0.type.name), .text($0.unit), .integer($0.required ? 1 : 0),
          .text($0.column),
        ]
      }
    ]
  }
}

extension Ledger.RegisterField {
  /// Whether values of this field can stay where they are when it becomes `new`.
  func isKept(as new: Ledger.RegisterField) -> Bool {
    // Money is in 分 whatever unit people read it in.
    type == new.type && references == new.references && (unit == new.unit || type == .money)
  }

  /// What stands for it in messages.
  var shown: String { title.isEmpty ? name : "\(title)（\(name)）" }
}
