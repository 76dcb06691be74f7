internal import Foundation

/// What goes to the two outputs.
enum Terminal {
  static let isInteractive = isatty(STDOUT_FILENO) == 1
  static let showsProgress = isatty(STDERR_FILENO) == 1

  /// Answers go to standard output, where a script may take them.
  static func print(_ text: String) {
    write(text + "\n", to: .standardOutput)
  }

  /// Everything else goes to standard error.
  static func complain(_ text: String) {
    write(text + "\n", to: .standardError)
  }

  /// Replaces the line that is being written; only on a terminal.
  static func progress(_ text: String) {
    guard showsProgress else { return }
    write("\r\u{1B}[K" + text, to: .standardError)
  }

  /// Takes away a progress line.
  static func endProgress() {
    progress("")
  }

  /// Without control characters: what comes from a daemon must not steer the terminal.
  static func harmless(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { shown.append(isHarmless(scalar) ? scalar : "?") }
    return String(shown)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar == "\n" || scalar == "\t"
    case .format: false
    default: true
    }
  }

  private static func write(_ text: String, to file: FileHandle) {
    // A reader that has gone away (a closed pipe) ends this program by SIGPIPE, as it should.
    try? file.write(contentsOf: Data(text.utf8))
  }
}
