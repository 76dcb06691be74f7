internal import Foundation

/// Standard error for people.
enum Console {
  /// Without control characters: a configuration file that is quoted must not steer the terminal.
  static func error(_ text: String) {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { shown.append(isHarmless(scalar) ? scalar : "?") }
    try? FileHandle.standardError.write(contentsOf: Data((String(shown) + "\n").utf8))
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar == "\n" || scalar == "\t"
    case .format: false
    default: true
    }
  }
}
