extension CivilDate {
  /// ISO 8601: `2023-06-30`, nothing else.
  /// - Throws: `DATE_FORMAT`, or `DATE_RANGE` for a day that the calendar does not have.
  public init(_ text: String) throws(RuleViolation) {
    guard let (year, month, day) = isoNumbers(text, 4, 2, 2) else { throw Self.formatViolation(text) }
    try self.init(year: year, month: month, day: day)
  }

  /// What clerks and spreadsheets write as well: `2023/6/30`, `2023.6.30`, `2023年6月30日`, full-width digits, and
  /// `2023-06-30 00:00:00`, as databases and columns of times show a day.
  ///
  /// For imports; the year always comes first and has four digits, so no order is guessed.
  public init(typed text: String) throws(RuleViolation) {
    let midnight = [" 00:00:00", "T00:00:00", " 00:00"].first { text.hasSuffix($0) } ?? ""
    let code = try CodeText(String(text.dropLast(midnight.count)))
    let parts = code.scalars.split(omittingEmptySubsequences: false) { "-/.年月日".unicodeScalars.contains($0) }
    var numbers = parts.map { part in
      (1...4).contains(part.count) && part.allSatisfy(\.isASCIIDigit)
        ? Int(String(String.UnicodeScalarView(part))) : nil
    }
    if code.scalars.last == "日", numbers.count == 4 { numbers.removeLast() }
    guard numbers.count == 3, parts[0].count == 4, let year = numbers[0], let month = numbers[1], let day = numbers[2]
    else { throw Self.formatViolation(text) }
    try self.init(year: year, month: month, day: day)
  }

  private static func formatViolation(_ text: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: "DATE_FORMAT",
      message: "日期 \(shown) 应写作 年-月-日，如 2023-06-30",
      englishMessage: "date \(shown) must be written year-month-day, such as 2023-06-30")
  }
}

/// The numbers of `2023-06-30`-like text with exactly these digits in each place, or in the first ones alone; nil for any
/// other text. Every date of every record comes through here: it makes no array.
func isoNumbers(_ text: String, _ first: Int, _ second: Int = 0, _ third: Int = 0) -> (Int, Int, Int)? {
  guard text.utf8.count == first + second + (second > 0 ? 1 : 0) + third + (third > 0 ? 1 : 0) else { return nil }
  var bytes = text.utf8.makeIterator()
  func number(_ width: Int) -> Int? {
    var number = 0
    for _ in 0..<width {
      guard let byte = bytes.next(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
  func next(_ width: Int) -> Int? {
    if width == 0 { return 0 }
    return bytes.next() == UInt8(ascii: "-") ? number(width) : nil
  }
  guard let year = number(first), let month = next(second), let day = next(third) else { return nil }
  return (year, month, day)
}
