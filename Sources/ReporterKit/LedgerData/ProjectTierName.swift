/// The tiers of projects as the ledger's columns hold them, in the order of lists.
public enum ProjectTierName: String, Sendable, CaseIterable {
  case provincial = "PROVINCIAL"
  case municipal = "MUNICIPAL"
  case sangaoSixin = "SANGAO_SIXIN"
  case county = "COUNTY"

  /// As printed.
  public var title: String {
    switch self {
    case .provincial: "省重点"
    case .municipal: "市重点"
    case .sangaoSixin: "三高四新"
    case .county: "县级"
    }
  }

  /// The tiers that a parameter lists, "PROVINCIAL,MUNICIPAL"; all of them when it is empty.
  public static func list(_ text: String?) throws(ReportFailure) -> [ProjectTierName] {
    guard let text else { return [] }
    var tiers: [ProjectTierName] = []
    for name in text.split(separator: ",") {
      let word = name.trimmingSpaces.uppercased()
      guard let tier = allCases.first(where: { $0.rawValue == word || $0.title == word }) else {
        let allowed = allCases.map { "\($0.rawValue)（\($0.title)）" }.joined(separator: "、")
        throw ReportFailure("PARAMETER_CHOICE", "参数 tier 只能是 \(allowed)，可用逗号连接几个，现在是 \(text)")
      }
      if !tiers.contains(tier) { tiers.append(tier) }
    }
    return tiers
  }

  /// The end of a filter: ` AND (project.tier = "PROVINCIAL" OR …)`; empty for all tiers.
  public static func filter(_ tiers: [ProjectTierName]) -> String {
    if tiers.isEmpty { return "" }
    return " AND (" + tiers.map { "project.tier = \"\($0.rawValue)\"" }.joined(separator: " OR ") + ")"
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var rest = drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
