public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension Ledger.Programme: LedgerRecord {
  public static let schema = RecordSchema.record(
    "Programme",
    [
      ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"),
      .day("first_day"), .day("last_day"),
      ColumnSchema("parent", .text, references: "Programme"),
    ],
    children: [
      ChildSchema(
        name: "ProgrammeCadence",
        columns: [
          ColumnSchema("activity", .text), ColumnSchema("role", .text), .choice("kind", Ledger.CadenceKind.self),
          ColumnSchema("weekday", .integer), ColumnSchema("day", .integer),
        ]),
      ChildSchema(
        name: "ProgrammeGoal",
        columns: [ColumnSchema("text", .text), ColumnSchema("indicator", .text), ColumnSchema("value_e6", .integer)]),
    ],
    indexes: [["region"], ["parent"]], regions: ["region"], projection: 2)

  public static var isShared: Bool { false }

  public var key: String { id }

  public func check(_ checks: inout RecordChecks) {
    checks.code("id", id) { text throws(RuleViolation) in try RecordID(text) }
    checks.name("name", name)
    checks.reference("region", region)
    let first = checks.date("first_day", firstDay, required: true)
    let last = checks.date("last_day", lastDay, required: true)
    if let first, let last, last < first {
      checks.report(
        "last_day", value: lastDay, rule: "ENDS_BEFORE_START", "早于开始日期 \(firstDay)",
        "is before the first day, \(firstDay)")
    }
    checks.reference("parent", parent, required: false)
    if parent == id, !id.isEmpty {
      checks.report("parent", value: parent, rule: "OWN_PARENT", "上级行动不能是它自己", "a programme cannot be its own parent")
    }
    checks.name("document", document, required: false)
    checks.text("description", description)
    checks.count("goals", goals.count)
    for (index, goal) in goals.prefix(RecordChecks.Limit.listElementsMax).enumerated() {
      checks.name("goals[\(index)].text", goal.text)
      checks.code("goals[\(index)].indicator", goal.indicator, required: false) { text throws(RuleViolation) in
        try IndicatorCode(text)
      }
    }
    checks.count("cadences", cadences.count)
    for (index, cadence) in cadences.prefix(RecordChecks.Limit.listElementsMax).enumerated() {
      let path = "cadences[\(index)]."
      checks.name(path + "activity", cadence.activity, max: 64)
      checks.name(path + "role", cadence.role, required: false, max: 64)
      checks.choice(path + "kind", cadence.kind, among: Ledger.CadenceKind.allCases)
      do throws(RuleViolation) {
        _ = try cadence.rule
      } catch {
        checks.report(path + "kind", value: cadence.kind.name, rule: error.rule, error.message, error.englishMessage)
      }
    }
  }

  public var ownColumns: [ColumnValue] {
    [.text(name), .text(region), .text(firstDay), .text(lastDay), .text(parent)]
  }

  /// A day of the week or the month; 0 is none.
  private static func given(_ day: Int32) -> ColumnValue { day == 0 ? .null : .integer(Int64(day)) }

  public var childRows: [[[ColumnValue]]] {
    [
      cadences.map {
        [
          .text($0.activity), .text($0.role), .text($0.kind.name), Self.given($0.weekday), Self.given($0.day),
        ]
      },
      goals.map { [.text($0.text), .text($0.indicator), .integer($0.valueE6)] },
    ]
  }
}

extension Ledger.ProgrammeCadence {
  /// The rule that its days follow; nil for a kind that this version does not know.
  ///
  /// - Throws: what ``Cadence`` does.
  public var rule: Cadence? {
    get throws(RuleViolation) {
      switch kind {
      case .daily: .daily
      case .weekly: try .weekly(on: Int(weekday))
      case .halfMonthly: .halfMonthly
      case .monthly: try .monthly(on: Int(day), everyMonths: 1)
      case .quarterly: try .monthly(on: Int(day), everyMonths: 3)
      case .halfYearly: try .monthly(on: Int(day), everyMonths: 6)
      default: nil
      }
    }
  }
}
