/// How many columns a text takes on a terminal: full-width characters and emoji two, combining marks none.
///
/// East Asian Width W and F of Unicode (UAX #11) count two; ambiguous characters (such as “ ”) count one, as most
/// terminals draw them. One grapheme cluster is as wide as its widest scalar.
public func displayWidth(of text: String) -> Int {
  if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text.utf8.count }
  return text.reduce(0) { $0 + $1.displayWidth }
}

/// The text with spaces after it, up to `width` columns of a terminal; a wider one stays as it is.
public func padded(_ text: String, toWidth width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - displayWidth(of: text)))
}

extension Character {
  fileprivate var displayWidth: Int {
    // U+FE0F asks for the emoji form of what precedes it.
    if unicodeScalars.contains("\u{FE0F}") || unicodeScalars.lazy.filter(\.isRegionalIndicator).count == 2 { return 2 }
    return unicodeScalars.lazy.map(\.displayWidth).max() ?? 0
  }
}

extension Unicode.Scalar {
  var displayWidth: Int {
    if value < 0x300 { return properties.generalCategory == .control || value == 0xAD ? 0 : 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: return isWide ? 2 : 1
    }
  }

  fileprivate var isRegionalIndicator: Bool { (0x1F1E6...0x1F1FF).contains(value) }

  private var isWide: Bool {
    switch value {
    case 0x1100...0x115F,  // Hangul initials
      0x2329...0x232A, 0x2E80...0x303E,  // radicals, CJK signs and punctuation
      0x3041...0x3247, 0x3250...0xA4CF,  // kana, bopomofo, Han, Yi (U+3248…324F are ambiguous)
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,  // Hangul, CJK forms
      0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
      0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,  // Tangut, Khitan, kana supplements
      0x1F200...0x1F265, 0x20000...0x3FFFD:  // enclosed ideographs, Han extensions
      true
    // Half of a flag is narrow; the two halves of one make a wide cluster.
    default: properties.isEmojiPresentation && !isRegionalIndicator
    }
  }
}
