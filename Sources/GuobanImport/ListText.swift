internal import GuobanModel

/// Several words in one cell: separated by 、 or ; or ；, a backslash before a sign that belongs to a word.
enum ListText {
  private static let separators: Set<Character> = ["、", ";", "；"]
  private static let escaped: Set<Character> = ["、", ";", "；", "\\", "="]

  static func joined(_ words: [String]) -> String {
    words.map { word in escape(word, signs: separators.union(["\\"])) }.joined(separator: "、")
  }

  static func joined(labels: [String: String]) -> String {
    labels.sorted { $0.key < $1.key }
      .map { "\(escape($0.key, signs: escaped))=\(escape($0.value, signs: separators.union(["\\"])))" }
      .joined(separator: "、")
  }

  static func split(_ cell: String) -> [String] { parts(cell).map(\.text).filter { !$0.isEmpty } }

  static func splitLabels(_ cell: String) throws(RuleViolation) -> [String: String] {
    var labels: [String: String] = [:]
    for part in parts(cell) where !part.text.isEmpty {
      guard let equals = part.equals else {
        throw RuleViolation(
          rule: "LABEL_FORMAT", message: "“\(part.text.prefix(40))”应写作 名称=内容",
          englishMessage: "\"\(part.text.prefix(40))\" must be name=value")
      }
      let name = part.characters[..<equals]
      guard labels.updateValue(trimmed(part.characters[(equals + 1)...]), forKey: trimmed(name)) == nil else {
        throw RuleViolation(
          rule: "LABEL_REPEATED", message: "“\(trimmed(name).prefix(40))”写了两次", englishMessage: "a name is given twice")
      }
    }
    return labels
  }

  private typealias Sign = (character: Character, isEscaped: Bool)

  private struct Part {
    var characters: [Sign] = []
    var text: String { trimmed(characters[...]) }
    var equals: Int? { characters.firstIndex { $0.character == "=" && !$0.isEscaped } }
  }

  private static func parts(_ cell: String) -> [Part] {
    var parts = [Part()]
    var characters = Array(cell)[...]
    while let character = characters.popFirst() {
      if character == "\\", let next = characters.first, escaped.contains(next) || next.isWhitespace {
        parts[parts.count - 1].characters.append((next, true))
        characters.removeFirst()
      } else if separators.contains(character) {
        parts.append(Part())
      } else {
        parts[parts.count - 1].characters.append((character, false))
      }
    }
    return parts
  }

  /// Without the white space around, except where a backslash keeps it.
  private static func trimmed(_ signs: ArraySlice<Sign>) -> String {
    var signs = signs
    while let first = signs.first, first.character.isWhitespace, !first.isEscaped { signs.removeFirst() }
    while let last = signs.last, last.character.isWhitespace, !last.isEscaped { signs.removeLast() }
    return String(signs.map(\.character))
  }

  private static func escape(_ word: String, signs: Set<Character>) -> String {
    var text = ""
    let last = word.indices.last
    for index in word.indices {
      let isEdge = index == word.startIndex || index == last
      if signs.contains(word[index]) || isEdge && word[index].isWhitespace { text += "\\" }
      text.append(word[index])
    }
    return text
  }
}
