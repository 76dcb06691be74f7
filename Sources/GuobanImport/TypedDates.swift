public import GuobanMessages
public import GuobanModel

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

extension Google.Timestamp {
  /// A moment in Asia/Shanghai as clerks and spreadsheets write it: `2023-06-30 14:30`, `2023/6/30 14:30:05`,
  /// `2023年6月30日14：30`, with a `T` between, with parts of a second.
  public init(typed text: String) throws(RuleViolation) {
    let parts = text.replacing("日", with: "日 ").split(maxSplits: 1) { $0 == " " || $0 == "T" }.map {
      String($0).trimmed
    }
    let clock = parts.count == 2 ? parts[1].split(omittingEmptySubsequences: false) { ":：.".contains($0) } : []
    guard (2...4).contains(clock.count), let hour = digits(clock[0], 1...2), let minute = digits(clock[1], 2...2),
      let second = clock.count > 2 ? digits(clock[2], 2...2) : 0,
      let nanos = clock.count > 3 ? digits(clock[3], 1...9) : 0
    else {
      throw RuleViolation(
        rule: "TIME_FORMAT", message: "时间“\(text.prefix(40))”应写作 年-月-日 时:分，如 2023-06-30 14:30",
        englishMessage: "write the time as 2023-06-30 14:30")
    }
    let time = try CivilDateTime(try CivilDate(typed: parts[0]), hour: hour, minute: minute, second: second)
    let scale = clock.count > 3 ? (clock[3].count..<9).reduce(1) { scale, _ in scale * 10 } : 1
    self.init(seconds: time.epochSeconds(in: .shanghai), nanos: Int32(nanos * scale))
  }

  /// The text that comes back as the same; empty outside the calendar.
  var typed: String {
    guard let time = try? CivilDateTime(epochSeconds: seconds, in: .shanghai) else { return "" }
    return time.text.replacing("T", with: " ") + decimalText(Int64(nanos), powerOfTen: 9).dropFirst()
  }
}

/// So many digits and nothing else.
private func digits(_ text: Substring, _ count: ClosedRange<Int>) -> Int? {
  count.contains(text.count) && text.allSatisfy { ("0"..."9").contains($0) } ? Int(text) : nil
}
