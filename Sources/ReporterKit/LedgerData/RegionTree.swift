public import GuobanMessages

/// All regions of the ledger, and who belongs to whom.
public struct RegionTree: Sendable {
  /// One region.
  public struct Region: Sendable, Hashable {
    public let code: String
    /// The short name, or the name where there is none.
    public let name: String
    /// "COUNTY", "ZONE"…
    public let kind: String
    public let parent: String
    public let rankGroup: String
    public let displayOrder: Int64
  }

  private let regions: [String: Region]

  /// Regions above one another; more would be a circle.
  static let depthMax = 16

  /// What to ask for.
  public static let query = DataQuery(
    "regions", from: "Region", groupBy: ["key", "name", "short_name", "kind", "parent", "rank_group", "display_order"],
    measures: [.count])

  /// From the answer to ``query``.
  public init(_ frame: DataFrame) throws {
    var regions: [String: Region] = [:]
    for row in 0..<frame.rowCount {
      let code = try frame.text("key", row)
      let short = try frame.text("short_name", row)
      regions[code] = Region(
        code: code, name: short.isEmpty ? try frame.text("name", row) : short, kind: try frame.text("kind", row),
        parent: try frame.text("parent", row), rankGroup: try frame.text("rank_group", row),
        displayOrder: try frame.integer("display_order", row))
    }
    self.regions = regions
  }

  /// A region by its code.
  public subscript(code: String) -> Region? { regions[code] }

  /// The region that a parameter names.
  public func required(_ code: String) throws(ReportFailure) -> Region {
    guard let region = regions[code] else {
      throw ReportFailure("REGION_UNKNOWN", "台账里没有代码为 \(code) 的地区，请核对，或先导入地区")
    }
    return region
  }

  /// Its name, or the code of one that the ledger does not know.
  public func name(_ code: String) -> String { regions[code]?.name ?? code }

  /// The region and all above it, nearest first.
  public func path(_ code: String) -> [Region] {
    var path: [Region] = []
    var next = code
    while let region = regions[next], path.count < Self.depthMax {
      path.append(region)
      next = region.parent
    }
    return path
  }

  /// Whether `code` is `root` or below it.
  public func isWithin(_ code: String, _ root: String) -> Bool {
    code == root || path(code).contains { $0.code == root }
  }

  /// The order of lists: as the ledger says, then by code.
  public func precedes(_ left: String, _ right: String) -> Bool {
    let orders = (regions[left]?.displayOrder ?? .max, regions[right]?.displayOrder ?? .max)
    return orders.0 != orders.1 ? orders.0 < orders.1 : left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
