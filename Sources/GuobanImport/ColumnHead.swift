internal import GuobanModel

/// A head as a clerk writes it, taken apart: `总投资（亿元）` is the name `总投资` in the unit `亿元`.
struct ColumnHead {
  /// As it stands in the file, without white space around: what messages show.
  var shown: String
  var name: String
  /// What the brackets at the end hold; empty without brackets.
  var unit: String

  init(_ cell: String) {
    shown = cell.trimmed
    // Required columns are often starred in printed forms.
    let plain = String(shown.filter { !$0.isWhitespace && $0 != "*" && $0 != "＊" })
    name = plain
    unit = ""
    for (open, close) in [("(", ")"), ("（", "）"), ("[", "]"), ("【", "】")] where plain.hasSuffix(close) {
      guard let start = plain.lastIndex(of: Character(open)) else { continue }
      name = String(plain[..<start])
      unit = String(plain[plain.index(after: start)...].dropLast())
    }
  }
}

extension String {
  /// Without the white space around it, the full-width and the no-break space included.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
