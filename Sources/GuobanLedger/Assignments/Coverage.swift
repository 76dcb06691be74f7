public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// How many enterprises have somebody in a role, by region: 服务管家覆盖率.
///
/// An enterprise has at most one active person in a role, so that counting assignments counts enterprises.
public struct Coverage: Sendable {
  private static let regionsMax = 100_000

  private let role: Ledger.AssignmentRole
  private let scale: Ledger.EnterpriseScale?

  /// Checks the request.
  public init(_ request: Ledger.CoverageFiguresRequest) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.choice("role", request.role, among: Ledger.AssignmentRole.allCases)
    checks.choice("scale", request.scale, among: Ledger.EnterpriseScale.allCases, required: false)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    role = request.role
    scale = request.scale == .unspecified ? nil : request.scale
  }

  /// One row per region that has enterprises, in the order of the codes, and their total.
  ///
  /// - Parameter within: makes a filter that leaves only some regions, of the column that holds them.
  public func figures(
    _ reader: any LedgerReader, within: (_ column: String) throws -> Filter?
  ) throws -> Ledger.CoverageFiguresResponse {
    var enterprises: [Filter] = []
    var active: [Filter] = [
      .compare(column: "active", .equal, .integer(1)), .compare(column: "role", .equal, .text(role.name)),
      .compare(column: "target_kind", .equal, .text("ENTERPRISE")),
    ]
    if let scale {
      enterprises.append(.compare(column: "scale", .equal, .text(scale.name)))
      active.append(.compare(column: "enterprise.scale", .equal, .text(scale.name)))
    }
    if let filter = try within("region") { enterprises.append(filter) }
    if let filter = try within("enterprise.region") { active.append(filter) }
    let all = try Self.count("Enterprise", filter: enterprises.isEmpty ? nil : .and(enterprises), by: "region", reader)
    let covered = Dictionary(
      uniqueKeysWithValues: try Self.count("Assignment", filter: .and(active), by: "enterprise.region", reader))
    let rows = all.map { region, count in Self.row(region, covered[region] ?? 0, of: count) }
    let total = Self.row("", rows.reduce(0) { $0 + $1.covered }, of: rows.reduce(0) { $0 + $1.enterprises })
    return Ledger.CoverageFiguresResponse(rows: rows, total: total, revision: try reader.revision)
  }

  private static func row(_ region: String, _ covered: Int64, of enterprises: Int64) -> Ledger.CoverageFiguresRow {
    Ledger.CoverageFiguresRow(
      region: region, covered: covered, enterprises: enterprises,
      rate: Ledger.Rate(numerator: covered, denominator: enterprises))
  }

  private static func count(
    _ source: String, filter: Filter?, by column: String, _ reader: any LedgerReader
  ) throws -> [(String, Int64)] {
    let groups = try reader.group(
      GroupQuery(source: source, filter: filter, groupBy: [column], measures: [.count], rowsMax: regionsMax))
    return zip(groups.columns[0], groups.columns[1]).compactMap { region, count in
      guard case (.text(let region), .integer(let count)) = (region, count) else { return nil }
      return (region, count)
    }
  }
}
