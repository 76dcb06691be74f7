internal import GuobanModel
internal import ReporterKit

/// What is asked: the parameters, checked.
struct Question {
  let month: CivilMonth
  /// The month that ranks are compared with; nil for none.
  let before: CivilMonth?
  let tiers: [ProjectTierName]
  let tieRule: TieRule
  let level: Level
  /// Only units below this region.
  let parent: String?
  let rounding: Reporting.Rounding

  enum Level: String, CaseIterable {
    case city = "CITY"
    case county = "COUNTY"
    case township = "TOWNSHIP"

    /// The kinds of region that are units: zones stand beside counties, in groups of their own.
    var kinds: Set<String> { self == .county ? ["COUNTY", "ZONE"] : [rawValue] }
  }

  init(_ parameters: Parameters) throws {
    let year = try parameters.integer("year", in: 2000...2100)
    month = try CivilMonth(year: year, month: try parameters.optionalInteger("month", in: 1...12) ?? 6)
    let compared = try parameters.optionalInteger("compare_month", in: 0...12) ?? month.month - 1
    before = compared == 0 ? nil : try CivilMonth(year: year, month: compared)
    tiers = try ProjectTierName.list(parameters.optionalText("tier"))
    tieRule = try parameters.choice("tie_rule", default: .standard)
    level = try parameters.choice("level", default: .county)
    parent = parameters.optionalText("parent")
    rounding = try parameters.rounding()
  }

  /// Ranks are compared only between equal ones: what is counted and how ties are ranked is in it.
  var methodVersion: String {
    let tiers = tiers.map(\.rawValue).sorted().joined(separator: "+")
    return "ranking/1 tie=\(tieRule.rawValue) level=\(level.rawValue) tier=\(tiers.isEmpty ? "ALL" : tiers)"
  }

  var tieRuleTitle: String {
    switch tieRule {
    case .standard: "并列占位（1224）"
    case .dense: "并列不占位（1223）"
    case .modified: "并列取后位（1334）"
    case .ordinal: "不并列，按地区代码（1234）"
    case .fractional: "并列取平均位（1 2.5 2.5 4）"
    }
  }
}
