internal import GuobanModel

/// Which texts a column can hold, where that is known beforehand: a filter that asks for another would find nothing, and
/// seem to have counted.
public enum ColumnValues: Sendable, Equatable {
  /// One of these names, or one that a newer program wrote.
  case names([String])
  /// A civil date "2023-06-30", or an empty text.
  case days
  /// A month "2023-06", or an empty text.
  case months

  /// Why a comparison with `text` cannot be meant; nil when it can. An empty text asks for what has no value.
  func refusal(of text: String, sign: String) -> (message: String, english: String)? {
    if text.isEmpty { return nil }
    let isPart = sign == ":"
    switch self {
    case .names(let names):
      let isKnown = isPart ? names.contains { $0.contains(text) } : names.contains(text)
      if isKnown { return nil }
      let known = names.joined(separator: ", ")
      return ("“\(text)”不是可能的值；可用的有：\(known)", "“\(text)” is no possible value; there are: \(known)")
    case .days, .months:
      // A part may be anything: "-06-30".
      return isPart || isDate(text, sign: sign) ? nil : dateRefusal(of: text, sign: sign)
    }
  }

  /// A whole year or month before or after which days are asked for is a date; one that days should equal is none.
  private func isDate(_ text: String, sign: String) -> Bool {
    let isOrder = sign != "=" && sign != "!="
    if self == .days, (try? CivilDate(text)) != nil { return true }
    if self == .months || isOrder, (try? CivilMonth(text)) != nil { return true }
    return isOrder && text.utf8.count == 4 && (try? CivilMonth("\(text)-01")) != nil
  }

  private func dateRefusal(of text: String, sign: String) -> (message: String, english: String) {
    let whole = self == .days ? "2023-06-30" : "2023-06"
    guard sign == "=" || sign == "!=" else {
      let (forms, englishForms) = self == .days ? ("2023-06-30、2023-06", "2023-06-30, 2023-06") : ("2023-06", "2023-06")
      return ("“\(text)”不是日历上的日期；应写作 \(forms) 或 2023", "“\(text)” is no date; write \(englishForms) or 2023")
    }
    if YearPeriod(text) != nil {
      return (
        "这一列的值形如 \(whole)，不会等于“\(text)”；整年整月请用“>=”和“<”划出范围",
        "this column holds values like \(whole), none of which equals “\(text)”; bound a year or month with >= and <"
      )
    }
    return ("“\(text)”不是日历上的日期；应写作 \(whole)", "“\(text)” is no date; write \(whole)")
  }
}
