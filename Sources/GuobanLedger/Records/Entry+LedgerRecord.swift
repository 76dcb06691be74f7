public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Entry: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Entry",
    [
      ColumnSchema("register", .text, references: "Register"), ColumnSchema("id", .text),
      ColumnSchema("region", .text, references: "Region"), ColumnSchema("definition_version", .integer),
    ] + EntryColumns.schemas,
    indexes: [["register", "region"], ["region"]] + EntryColumns.references.flatMap { $0.value }.map { [$0] },
    regions: ["region"])

  public static var isShared: Bool { false }

  public var key: String { "\(register)/\(id)" }

  public var isKeyed: Bool { !id.isEmpty }

  public func check(_ checks: inout RecordChecks) {
    checks.code("register", register) { text throws(RuleViolation) in try RegisterName(text) }
    checks.code("id", id, required: false) { text throws(RuleViolation) in try RecordID(text) }
    checks.reference("region", region, required: false)
    checks.count("values", values.count, max: RegisterLimit.fieldsMax)
  }

  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    guard let bytes = try reader.record("Register", register) else {
      return [
        RecordViolation(
          field: path + "register", value: register, rule: "NO_SUCH_REGISTER",
          "没有台账“\(register)”；请先定义它（guobanctl register define），或改正这一项",
          "there is no register “\(register)”; define it first (guobanctl register define), or correct this field")
      ]
    }
    var check = EntryCheck(try Ledger.Register(packed: bytes, limits: .standard), path: path)
    check.settle(&self)
    return check.violations
  }

  /// An entry that says the same under a newer definition is the same.
  public mutating func settle(after old: Ledger.Entry?, in writer: any LedgerWriter, path: String) throws {
    guard var old else { return }
    var new = self
    (old.meta, new.meta) = (nil, nil)
    new.definitionVersion = old.definitionVersion
    if new == old { definitionVersion = old.definitionVersion }
  }

  public func fieldName(ofColumn column: String) -> String {
    values.first { $0.column == column }.map { "values[\($0.field)]" } ?? column
  }

  public var ownColumns: [ColumnValue] {
    var columns: [String: ColumnValue] = [:]
    for value in values {
      switch value.kind {
      case .text(let text): columns[value.column] = .text(text)
      case .integer(let integer): columns[value.column] = .integer(integer)
      case .boolean(let isSo): columns[value.column] = .integer(isSo ? 1 : 0)
      case nil: break
      }
    }
    return [.text(register), .text(id), .text(region), .integer(Int64(definitionVersion))]
      + EntryColumns.schemas.map { column in
        // A text in a column of numbers could only come from bytes that this daemon did not write.
        switch (columns[column.name], column.kind) {
        case (.text(let text)?, .text): .text(text)
        case (.integer(let integer)?, .integer): .integer(integer)
        default: .null
        }
      }
  }
}
