public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension Ledger.Assignment: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Assignment",
    [
      ColumnSchema("officer", .text, references: "Officer"), .choice("role", Ledger.AssignmentRole.self),
      ColumnSchema("region", .text, references: "Region"),
      ColumnSchema("enterprise", .text, references: "Enterprise"),
      ColumnSchema("project", .text, references: "Project"), ColumnSchema("grid", .text), ColumnSchema("tier", .text),
      .day("since"), .day("until"), ColumnSchema("active", .integer),
      ColumnSchema("target_kind", .text, values: .names(["ENTERPRISE", "PROJECT", "GRID", "REGION"])),
      ColumnSchema("target", .text), ColumnSchema("task", .text),
    ],
    indexes: [["target", "role", "active"], ["region"], ["officer"], ["enterprise"], ["project"]], regions: ["region"])

  public static var isShared: Bool { false }

  public var key: String { id }

  /// Whom or what it is about: "ENTERPRISE" and "ENTERPRISE/91430502MA9GAAAA5X".
  var target: (kind: String, key: String) {
    if !enterprise.isEmpty { return ("ENTERPRISE", "ENTERPRISE/\(enterprise)") }
    if !project.isEmpty { return ("PROJECT", "PROJECT/\(project)") }
    if !grid.isEmpty { return ("GRID", "GRID/\(region)/\(grid)") }
    return ("REGION", "REGION/\(region)")
  }

  var state: AssignmentLife.State { until.isEmpty ? .active : .ended }

  public mutating func normalise() {
    if let canonical = try? USCC(enterprise) { enterprise = canonical.text }
  }

  public func check(_ checks: inout RecordChecks) {
    checks.code("id", id) { text throws(RuleViolation) in try RecordID(text) }
    checks.reference("officer", officer)
    checks.choice("role", role, among: Ledger.AssignmentRole.allCases)
    checks.reference("region", region, required: enterprise.isEmpty && project.isEmpty)
    checks.code("enterprise", enterprise, required: false) { text throws(RuleViolation) in try USCC(text) }
    checks.reference("project", project, required: false)
    checks.name("grid", grid, required: false, max: 64)
    if [enterprise, project, grid].count(where: { !$0.isEmpty }) > 1 {
      checks.report(
        "enterprise", value: enterprise, rule: "TWO_TARGETS", "企业、项目、网格只能填一个",
        "give one of enterprise, project and grid only")
    }
    checks.name("tier", tier, required: false, max: 64)
    let first = checks.date("since", since, required: true)
    let last = checks.date("until", until)
    if let first, let last, last < first {
      checks.report(
        "until", value: until, rule: "ENDS_BEFORE_START", "早于起始日期 \(since)", "is before the first day, \(since)")
    }
    checks.name("end_reason", endReason, required: false)
    checks.name("task", task, required: false)
  }

  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    var home: String?
    if !enterprise.isEmpty, let bytes = try reader.record("Enterprise", enterprise) {
      home = try Ledger.Enterprise(packed: bytes, limits: .standard).region
    } else if !project.isEmpty, let bytes = try reader.record("Project", project) {
      home = try Ledger.Project(packed: bytes, limits: .standard).region
    }
    guard let home else { return [] }
    if region.isEmpty { region = home }
    guard region != home else { return [] }
    return [
      RecordViolation(
        field: path + "region", value: region, rule: "NOT_THE_TARGETS_REGION",
        "企业或项目属于区划 \(home)；这一项留空即可，会自动填写",
        "the enterprise or project belongs to region \(home); leave this field empty and it is filled in by itself")
    ]
  }

  public mutating func settle(after old: Ledger.Assignment?, in writer: any LedgerWriter, path: String) throws {
    previous = old?.previous ?? ""
    do throws(RuleViolation) {
      if let old { try checkStep(after: old) }
    } catch {
      throw LedgerError(.precondition, reason: error.rule, "\(id)：\(error.message)", "\(id): \(error.englishMessage)")
    }
    if state == .active { try refuseTaken(in: writer) }
  }

  private func checkStep(after old: Ledger.Assignment) throws(RuleViolation) {
    let isSame = officer == old.officer && role == old.role && target == old.target
    if old.state == .ended {
      guard !isSame || since != old.since || until != old.until else { return }
      return try AssignmentLife.check(state == .active ? .amend : .end, from: .ended)
    }
    try AssignmentLife.checkSame(isSame)
    try AssignmentLife.check(state == .ended ? .end : .amend, from: .active)
  }

  /// One active person per role and target, and one who serves.
  func refuseTaken(in writer: any LedgerWriter) throws {
    let taken = Filter.and([
      .compare(column: "target", .equal, .text(target.key)), .compare(column: "role", .equal, .text(role.name)),
      .compare(column: "active", .equal, .integer(1)),
    ])
    let others = try writer.list(ListQuery(type: Self.schema.name, filter: taken, afterKey: nil, limit: 2))
    if let other = others.first(where: { $0.key != id }) {
      let holder = try Ledger.Assignment(packed: other.bytes, limits: .standard)
      throw LedgerError(
        .precondition, reason: "ROLE_TAKEN",
        "这个对象的这一角色（\(role.name)）已由 \(holder.officer) 担任（编号 \(holder.id)，自 \(holder.since) 起）；"
          + "有权录入的人可以交接（HandOverAssignment），或先结束那一项",
        "the role \(role.name) of this target is held by \(holder.officer) (assignment \(holder.id), since \(holder.since)); "
          + "who may enter assignments can hand it over (HandOverAssignment), or end that one first")
    }
    if let bytes = try writer.record("Officer", officer) {
      let left = try Ledger.Officer(packed: bytes, limits: .standard).left
      guard left.isEmpty || left > since else {
        throw LedgerError(
          .precondition, reason: "OFFICER_LEFT", "\(officer) 已于 \(left) 离任，不能再派；请另选一人",
          "\(officer) left office on \(left) and cannot be assigned; please choose somebody else")
      }
    }
  }

  public var ownColumns: [ColumnValue] {
    [
      .text(officer), .text(role.name), .text(region), .text(enterprise), .text(project), .text(grid), .text(tier),
      .text(since), .text(until), .integer(state == .active ? 1 : 0), .text(target.kind), .text(target.key),
      .text(task),
    ]
  }
}
