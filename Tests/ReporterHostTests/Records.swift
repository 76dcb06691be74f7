import GuobanLedger
import GuobanMessages

/// Records for the published cases of the five places.
enum Records {
  static func region(
    _ code: String, _ name: String, kind: Ledger.RegionKind = .county, parent: String = "", group: String = "",
    order: Int32 = 0
  ) -> any LedgerRecord {
    Ledger.Region(code: code, name: name, kind: kind, parent: parent, rankGroup: group, displayOrder: order)
  }

  /// `count` projects of a region that share a plan and what is done of it, exactly: the last one takes the rest.
  static func projects(
    _ region: String, _ count: Int, tier: Ledger.ProjectTier = .provincial, year: Int32, plan: Int64, month: Int,
    done: Int64?, prefix: String = "P", curve: [Int64] = []
  ) -> [any LedgerRecord] {
    (1...count).flatMap { index -> [any LedgerRecord] in
      let share = { (amount: Int64) -> Int64 in
        let each = amount / Int64(count)
        return index == count ? amount - each * Int64(count - 1) : each
      }
      let code = "\(prefix)-\(region)-\(index)"
      let project = Ledger.Project(
        code: code, name: "\(region)项目\(index)", region: region, tier: tier,
        plans: [Ledger.YearPlan(year: year, planFen: share(plan), curveFen: count == 1 ? curve : [])])
      guard let done else { return [project] }
      return [project, progress(code, year, month, share(done))]
    }
  }

  static func progress(_ project: String, _ year: Int32, _ month: Int, _ done: Int64) -> any LedgerRecord {
    Ledger.ProjectProgress(project: project, month: "\(year)-\(month < 10 ? "0" : "")\(month)", completedFen: done)
  }

  /// 亿元 as 分: `yi(12840)` is 128.40 亿元.
  static func yi(_ hundredths: Int64) -> Int64 { hundredths * 100_000_000 }
}

extension Reporting.Result {
  /// The cells of the row whose first text cell is `name`, by column id.
  func row(_ name: String, of table: String) throws -> [String: Reporting.Cell] {
    guard let table = tables.first(where: { $0.id == table }),
      let row = table.rows.first(where: { $0.cells.contains { $0.value == .text(name) } })
    else { throw Unexpected(description: "no row \(name) in \(table): \(self)") }
    return Dictionary(uniqueKeysWithValues: zip(table.columns.map(\.id), row.cells))
  }
}
