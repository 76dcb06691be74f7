internal import GuobanModel

extension CivilMonth {
  /// Also what clerks write: 2023/6, 2023.6, 2023年6月.
  init(typed text: String) throws(RuleViolation) {
    let parts = text.trimmed.split(omittingEmptySubsequences: false) { "-/.年".contains($0) }
    let month = parts.last.map { $0.hasSuffix("月") ? $0.dropLast() : $0 }
    guard parts.count == 2, parts[0].count == 4, let year = Int(parts[0]), let month, (1...2).contains(month.count),
      let month = Int(month)
    else {
      try self.init(text)
      return
    }
    try self.init(year: year, month: month)
  }
}

extension Period {
  /// Also what clerks write: 2023年6月, 2023年第二季度, 2023年上半年, 2023年.
  init(typed text: String) throws(RuleViolation) {
    let text = text.trimmed
    if let month = try? CivilMonth(typed: text) {
      self.init(month)
      return
    }
    guard let end = text.firstIndex(of: "年") else {
      try self.init(text.uppercased())
      return
    }
    let spans = [
      "": "", "一季度": "-Q1", "二季度": "-Q2", "三季度": "-Q3", "四季度": "-Q4", "1季度": "-Q1", "2季度": "-Q2", "3季度": "-Q3",
      "4季度": "-Q4", "上半年": "-H1", "下半年": "-H2",
    ]
    let rest = text[text.index(after: end)...].filter { $0 != "第" }
    guard let span = spans[String(rest)] else {
      try self.init(text)
      return
    }
    try self.init(text[..<end] + span)
  }
}
