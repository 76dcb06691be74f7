/// A literal of a filter, before it is known what it is compared with.
struct FilterLiteral {
  var text: String
  var quoted: Bool

  /// The typed comparison, or nil when this literal or this sign does not go with such a column.
  func compared(with column: String, of kind: ColumnSchema.Kind, sign: String) -> Filter? {
    guard let comparison = Filter.Operator(rawValue: sign) else {
      guard sign == ":", kind != .integer, quoted || text != "*" else { return nil }
      return .has(column: column, text)
    }
    if text == "null", !quoted {
      return comparison == .equal || comparison == .notEqual ? .compare(column: column, comparison, .null) : nil
    }
    switch kind {
    case .text: return .compare(column: column, comparison, .text(text))
    case .integer: return integer.map { .compare(column: column, comparison, .integer($0)) }
    case .textList: return nil
    }
  }

  /// What would have gone with such a column, for the message of a refusal.
  static func expectation(
    column: String, kind: ColumnSchema.Kind, sign: String
  ) -> (chinese: String, english: String) {
    switch kind {
    case .integer where sign == ":": ("“=”，因为 \(column) 是数字", "“=”, for \(column) is a number")
    case .integer: ("不带引号的整数，因为 \(column) 是数字", "an integer without quotes, for \(column) is a number")
    case .textList:
      ("\(column):\"元素\"，因为 \(column) 是列表", "\(column):\"element\", for \(column) is a list")
    case .text: ("文字，才能用 \(column) \(sign)", "a text, to be used with \(column) \(sign)")
    }
  }

  private var integer: Int64? {
    if quoted { return nil }
    if text == "true" { return 1 }
    if text == "false" { return 0 }
    return text.hasPrefix("+") ? nil : Int64(text)
  }
}
