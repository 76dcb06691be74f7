public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.Pass: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Pass",
    [
      ColumnSchema("plate", .text), .choice("kind", Ledger.PassKind.self),
      ColumnSchema("enterprise", .text, references: "Enterprise", isSparse: true), ColumnSchema("goods", .text),
      ColumnSchema("load_kg", .integer), ColumnSchema("origin", .text, references: "Region"),
      ColumnSchema("destination", .text, references: "Region"), .choice("state", Ledger.PassState.self),
      .day("valid_from"), .day("valid_until"),
      ColumnSchema("division", .text, keyPrefix: PassNumber.divisionCharacters), ColumnSchema("sequence", .integer),
    ],
    indexes: [["enterprise"], ["origin"], ["destination"]],
    // A vehicle's passes, among them the one that a new one cancels.
    bufferedIndexes: ["plate"],
    regions: ["division"], contacts: true)

  /// The division that issued it, which is in its number and never changes. Its route leads through other regions, and
  /// whoever lives there neither issued it nor may revoke it.
  public static var isShared: Bool { false }

  public static var writePermission: Permission { .issuePass }

  public var key: String { number }

  public mutating func visitContacts(
    _ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void
  ) rethrows {
    try visit("holder", &holder)
  }

  public var contactsNeededUntil: String { validUntil }

  public mutating func normalise() {
    if let canonical = try? Plate(plate) { plate = canonical.text }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.code("number", number) { text throws(RuleViolation) in try PassNumber(text) }
    checks.choice("state", state, among: Ledger.PassState.allCases)
    checks.code("renews", renews, required: false) { text throws(RuleViolation) in try PassNumber(text) }
    checks.code("replaced_by", replacedBy, required: false) { text throws(RuleViolation) in try PassNumber(text) }
    checks.name("revoke_reason", revokeReason, required: false)
    checks.choice("kind", kind, among: Ledger.PassKind.allCases)
    checks.code("plate", plate) { text throws(RuleViolation) in try Plate(text) }
    checks.choice("plate_color", plateColor, among: Ledger.PlateColor.allCases, required: false)
    checks.code("enterprise", enterprise, required: false) { text throws(RuleViolation) in try USCC(text) }
    checks.name("goods", goods)
    checks.range("load_kg", loadKg, in: 0...1_000_000, unit: .kilograms)
    checks.reference("origin", origin)
    checks.reference("destination", destination)
    if conditions.count > Ledger.PassCondition.allCases.count {
      checks.report(
        "conditions", value: "\(conditions.count)", rule: "TOO_MANY", "通行条件重复，请删去",
        "conditions are repeated; please remove them")
    }
    for (index, condition) in conditions.prefix(8).enumerated() {
      checks.choice("conditions[\(index)]", condition, among: Ledger.PassCondition.allCases)
    }
    let from = checks.date("valid_from", validFrom, required: true)
    let until = checks.date("valid_until", validUntil, required: true)
    if let from, let until, until < from {
      checks.report(
        "valid_until", value: validUntil, rule: "ENDS_BEFORE_START", "早于起始日期 \(validFrom)",
        "is before the first day, \(validFrom)")
    }
  }

  public func check(within bounds: RecordBounds, _ checks: inout RecordChecks) {
    guard let from = try? CivilDate(validFrom), let until = try? CivilDate(validUntil) else { return }
    let days = CivilDate.daysBetween(from, until) + 1
    if days > bounds.passValidDaysMax {
      checks.report(
        "valid_until", value: validUntil, rule: "TOO_LONG_VALID",
        "从 \(from) 起有效 \(days) 天，最多 \(bounds.passValidDaysMax) 天",
        "valid for \(days) days from \(from); at most \(bounds.passValidDaysMax)")
    }
  }

  /// Passes that have their numbers already, those of another system or of before this one, may be brought in; but
  /// nothing brings one back to life, or makes another vehicle's of it: what happened once stays.
  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    guard let bytes = try reader.record(Self.schema.name, number) else { return [] }
    let old = try Ledger.Pass(packed: bytes, limits: .standard)
    if try !PassLife.allows(change: PassDates(old).state, to: PassDates(self).state) {
      return [
        RecordViolation(
          field: path + "state", value: number, rule: "ALREADY_ISSUED",
          "这张证已\(old.state == .revoked ? "吊销" : "被取代")，不能再改为有效",
          "this pass is \(old.state == .revoked ? "revoked" : "replaced") and cannot be made valid again")
      ]
    }
    // What is printed on it, and signed. A shorter life is harmless.
    let fixed = [
      ("plate", old.plate, plate), ("origin", old.origin, origin), ("destination", old.destination, destination),
      ("valid_from", old.validFrom, validFrom), ("valid_until", old.validUntil, max(old.validUntil, validUntil)),
    ]
    return fixed.filter { $0.1 != $0.2 }.map { field, before, _ in
      RecordViolation(
        field: path + field, value: number, rule: "ALREADY_ISSUED",
        "这张证已签发，这一项是 \(before)，不能再改\(field == "valid_until" ? "晚，要延期请换领" : "；要改请另办一张")",
        "this pass is issued with \(before), which cannot \(field == "valid_until" ? "become later: renew it" : "be changed: issue another")"
      )
    }
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(plate), .text(kind.name), .text(enterprise), .text(goods), .integer(loadKg), .text(origin),
      .text(destination), .text(state.name), .text(validFrom), .text(validUntil),
      .text(String(number.prefix(PassNumber.divisionCharacters))),
      .integer(Int64(number.suffix(6)) ?? 0),
    ]
  }
}
