public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Region: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Region",
    [
      ColumnSchema("name", .text), ColumnSchema("short_name", .text), .choice("kind", Ledger.RegionKind.self),
      ColumnSchema("parent", .text, references: "Region"), ColumnSchema("rank_group", .text),
      ColumnSchema("display_order", .integer), .day("valid_from"), .day("valid_until"),
    ],
    indexes: [["parent"]], regions: ["key", "parent"],
    tree: TreeSchema(
      parent: "parent", level: "kind",
      levels: [Ledger.RegionKind.province, .city, .county, .township].map { .init($0.name.lowercased(), $0.name) }))

  public static var isShared: Bool { true }

  public var key: String { code }

  public func check(_ checks: inout RecordChecks) {
    checks.choice("kind", kind, among: Ledger.RegionKind.allCases)
    if kind == .zone {
      checks.code("code", code) { text throws(RuleViolation) in try RegionIdentifier(text) }
    } else {
      checks.code("code", code) { text throws(RuleViolation) in try RegionCode(text) }
    }
    checks.name("name", name)
    checks.name("short_name", shortName, required: false)
    checks.name("rank_group", rankGroup, required: false, max: 64)
    checks.reference("parent", parent, required: false)
    if parent == code, !code.isEmpty {
      checks.report("parent", value: parent, rule: "OWN_PARENT", "上级区划不能是它自己", "a region cannot be its own parent")
    }
    let from = checks.date("valid_from", validFrom)
    let until = checks.date("valid_until", validUntil)
    if let from, let until, until < from {
      checks.report(
        "valid_until", value: validUntil, rule: "ENDS_BEFORE_START", "早于启用日期 \(validFrom)",
        "is before its first day, \(validFrom)")
    }
  }

  /// Codes are retired, never given to another; which were used the change log tells, as far back as it goes.
  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    guard old == nil else { return }
    var query = ChangeQuery(limit: 1)
    query.type = Self.schema.name
    query.key = code
    query.withoutRecords = true
    guard let last = try writer.changes(query).first else { return }
    throw LedgerError(
      .precondition, reason: "CODE_RETIRED",
      "区划代码 \(code) 用过（到修订号 \(last.revision)），不能另给别的区划；"
        + "原来的可以恢复：guobanctl ledger undelete Region \(code)（Undelete；删除前的内容已随日志压缩的，从快照里找回）",
      "the region code \(code) was used before (until revision \(last.revision)) and cannot be given to another region; "
        + "the old one can be restored: guobanctl ledger undelete Region \(code) (Undelete; if what it held was compacted with the log, take it from a snapshot)"
    )
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(name), .text(shortName), .text(kind.name), .text(parent), .text(rankGroup), .integer(Int64(displayOrder)),
      .text(validFrom), .text(validUntil),
    ]
  }
}
