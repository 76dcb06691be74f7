public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// How many enterprises have somebody in a role: `Coverage.byRegion(.serviceSteward, …)` is 服务管家覆盖率 by region.
///
/// An enterprise has at most one active person in a role, so that counting assignments counts enterprises.
public struct Coverage: Sendable, Equatable {
  /// The enterprises' region.
  public var region: String
  public var covered: Int64
  public var all: Int64

  /// Puts a figure together.
  public init(region: String, covered: Int64, all: Int64) {
    self.region = region
    self.covered = covered
    self.all = all
  }

  /// Covered ÷ all, exact.
  public var share: Fraction { get throws(RuleViolation) { try Fraction(covered, over: all) } }

  /// One figure per region that has enterprises, in the order of the codes.
  ///
  /// - Parameter scale: only enterprises of this scale; nil for all.
  public static func byRegion(
    _ role: Ledger.AssignmentRole, scale: Ledger.EnterpriseScale?, in reader: any LedgerReader, rowsMax: Int
  ) throws -> [Coverage] {
    let enterprises = try count(
      "Enterprise", filter: scale.map { .compare(column: "scale", .equal, .text($0.name)) }, by: "region", reader,
      rowsMax)
    var active: [Filter] = [
      .compare(column: "active", .equal, .integer(1)), .compare(column: "role", .equal, .text(role.name)),
      .compare(column: "target_kind", .equal, .text("ENTERPRISE")),
    ]
    if let scale { active.append(.compare(column: "enterprise.scale", .equal, .text(scale.name))) }
    let covered = Dictionary(
      uniqueKeysWithValues: try count("Assignment", filter: .and(active), by: "enterprise.region", reader, rowsMax))
    return enterprises.map { Coverage(region: $0.0, covered: covered[$0.0] ?? 0, all: $0.1) }
  }

  private static func count(
    _ source: String, filter: Filter?, by column: String, _ reader: any LedgerReader, _ rowsMax: Int
  ) throws -> [(String, Int64)] {
    let groups = try reader.group(
      GroupQuery(source: source, filter: filter, groupBy: [column], measures: [.count], rowsMax: rowsMax))
    return zip(groups.columns[0], groups.columns[1]).compactMap { region, count in
      guard case (.text(let region), .integer(let count)) = (region, count) else { return nil }
      return (region, count)
    }
  }
}
