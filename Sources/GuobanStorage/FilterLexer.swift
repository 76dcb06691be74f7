/// One piece of a filter expression, and where it starts.
struct FilterToken: Equatable {
  enum Kind: Equatable {
    case open
    case close
    /// `=`, `!=`, `<`, `<=`, `>`, `>=` or `:`.
    case comparison(String)
    /// A bare word: a column, a keyword or a literal.
    case word(String)
    /// A literal in quotes, unescaped.
    case quoted(String)
    case end
  }

  var kind: Kind
  /// Counted in Unicode scalars from 1, for messages.
  var position: Int

  /// How a message shows it.
  var shown: String? {
    switch kind {
    case .open: "“(”"
    case .close: "“)”"
    case .comparison(let sign): "“\(sign)”"
    case .word(let text): "“\(text)”"
    case .quoted(let text): "\"\(text)\""
    case .end: nil
    }
  }
}

/// Cuts a filter expression into tokens.
struct FilterLexer {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func next() throws(StorageError) -> FilterToken {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
    let position = index + 1
    guard index < scalars.count else { return FilterToken(kind: .end, position: position) }
    let scalar = scalars[index]
    switch scalar {
    case "(", ")":
      index += 1
      return FilterToken(kind: scalar == "(" ? .open : .close, position: position)
    case "\"", "'":
      return FilterToken(kind: .quoted(try quoted(by: scalar)), position: position)
    case "=", ":", "<", ">", "!":
      return FilterToken(kind: .comparison(try comparison()), position: position)
    case ",", "\0":
      throw StorageError(
        .invalidQuery, "筛选条件第 \(position) 个字符不能用在这里；含逗号等符号的值请加引号",
        "character \(position) of the filter cannot stand there; put a value with a comma or the like in quotes")
    default:
      let start = index
      while index < scalars.count, !endsWord(scalars[index]) { index += 1 }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[start..<index])
      return FilterToken(kind: .word(String(text)), position: position)
    }
  }

  private func endsWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || "()\"'=:<>!,\0".unicodeScalars.contains(scalar)
  }

  private mutating func comparison() throws(StorageError) -> String {
    let first = scalars[index]
    index += 1
    if first == "=" || first == ":" { return String(first) }
    if index < scalars.count, scalars[index] == "=" {
      index += 1
      return "\(first)="
    }
    guard first != "!" else {
      throw StorageError(
        .invalidQuery, "筛选条件第 \(index) 个字符“!”应写成“!=”；表示“非”请用 NOT 或 -",
        "character \(index) of the filter, “!”, must be “!=”; to negate, use NOT or -")
    }
    return String(first)
  }

  private mutating func quoted(by quote: Unicode.Scalar) throws(StorageError) -> String {
    let start = index + 1
    index += 1
    var text = String.UnicodeScalarView()
    while index < scalars.count, scalars[index] != "\0" {
      var scalar = scalars[index]
      index += 1
      if scalar == quote { return String(text) }
      if scalar == "\\" {
        guard index < scalars.count, ["\\", "\"", "'"].contains(scalars[index]) else {
          throw StorageError(
            .invalidQuery, "筛选条件第 \(index) 个字符：反斜杠后面只能是引号或反斜杠",
            "character \(index) of the filter: after a backslash comes a quote or a backslash only")
        }
        scalar = scalars[index]
        index += 1
      }
      text.append(scalar)
    }
    throw StorageError(
      .invalidQuery, "筛选条件第 \(start) 个字符处的引号没有配对，请补上后引号",
      "the quote at character \(start) of the filter is not closed; please close it")
  }
}
