internal import GuobanMessages

extension Reporting.Measure {
  /// As the daemon names it in answers and orders: "sum(plan_fen)".
  var name: String {
    switch kind {
    case .count: "count"
    case .sum: "sum(\(column))"
    case .min: "min(\(column))"
    case .max: "max(\(column))"
    case .countDistinct: "count_distinct(\(column))"
    default: "ratio(\(column),\(divisor))"
    }
  }

  /// Whether the figures of all groups add up to the figure of the whole.
  var addsUp: Bool { kind == .count || kind == .sum }

  /// The head of its column.
  ///
  /// - Parameter title: how a person calls a column.
  func title(unit: String, _ title: (String) -> String) -> String {
    let word = title(column)
    let head =
      switch kind {
      case .count: say("数量", "count")
      case .sum: word
      case .min: say("\(word)最小", "min \(word)")
      case .max: say("\(word)最大", "max \(word)")
      case .countDistinct: say("\(word)种数", "distinct \(word)")
      default: "\(word)/\(title(divisor))"
      }
    return unit.isEmpty ? head : say("\(head)（\(unit)）", "\(head) (\(unit))")
  }
}

/// How a person calls a column; its own name where there is no word for it.
func columnTitle(_ path: String) -> String {
  let parts = path.split(separator: "@", maxSplits: 1).map(String.init)
  let name = parts.first?.split(separator: ".").last.map(String.init) ?? path
  guard let word = columnWords.first(where: { $0.key == name })?.value else { return path }
  let part = parts.count == 2 ? partWords.first(where: { $0.key == parts[1] })?.value ?? "@\(parts[1])" : ""
  return say(part.isEmpty ? word : "\(word)（\(part)）", path)
}

private let columnWords: KeyValuePairs = [
  "region": "区划", "tier": "级别", "kind": "类型", "stage": "阶段", "sector": "行业", "status": "状态", "state": "状态",
  "enterprise": "企业", "project": "项目", "month": "月份", "year": "年度", "division": "签发区划", "industry": "行业",
  "plan_fen": "年度计划", "done_fen": "完成投资", "completed_fen": "累计完成", "funds_fen": "到位资金",
  "funds_in_place_fen": "到位资金", "total_investment_fen": "总投资", "physical_permille": "形象进度", "headcount": "职工人数",
  "load_kg": "载重（千克）", "leader": "包联领导", "responsible_unit": "责任单位", "milestones_signed": "签约", "key": "键",
  "milestones_started": "开工", "milestones_in_statistics": "入统", "milestones_in_production": "投产",
  "milestones_at_capacity": "达效", "milestones_completed": "竣工", "planned_completion": "计划竣工",
  "completion_planned": "有计划竣工日", "completed_on_time": "按期竣工", "days_late": "竣工晚于计划（天）", "streak": "连续期数",
  "since": "起于",
]

private let partWords: KeyValuePairs = [
  "province": "省", "city": "市", "county": "县", "township": "乡", "year": "年", "quarter": "季", "month": "月",
]
