/// How a list of texts is stored in one column: each element between separators, so that a whole element is found by
/// searching for it between separators.
enum TextList {
  private static let separator: Unicode.Scalar = "\u{1F}"
  private static let escape: Unicode.Scalar = "\u{1E}"

  /// `␟a␟b␟`; empty for an empty list.
  static func framed(_ elements: [String]) -> String {
    if elements.isEmpty { return "" }
    var text = String.UnicodeScalarView()
    text.append(separator)
    for element in elements {
      // Elements come from clients, who may send these characters.
      for scalar in element.unicodeScalars {
        if scalar == separator || scalar == escape {
          text.append(escape)
          text.append(scalar == separator ? "s" : "e")
        } else {
          text.append(scalar)
        }
      }
      text.append(separator)
    }
    return String(text)
  }

  /// What ``framed(_:)`` was given.
  static func elements(of framed: String) -> [String] {
    if framed.isEmpty { return [] }
    var elements: [String] = []
    var element = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in framed.unicodeScalars.dropFirst() {
      if isEscaped {
        element.append(scalar == "s" ? separator : escape)
        isEscaped = false
      } else if scalar == escape {
        isEscaped = true
      } else if scalar == separator {
        elements.append(String(element))
        element = String.UnicodeScalarView()
      } else {
        element.append(scalar)
      }
    }
    return elements
  }
}
