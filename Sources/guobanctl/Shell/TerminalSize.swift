internal import Glibc
internal import GuobanModel

/// How much fits on the terminal that standard output is.
struct TerminalSize {
  let columns: Int
  let lines: Int

  /// Nil when standard output is no terminal, or one that does not know its size.
  init?() {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    columns = Int(size.ws_col)
    lines = Int(size.ws_row)
  }

  /// The line in as many as it takes, broken where two spaces stand between its parts.
  func wrapped(_ line: String) -> [String] {
    var lines: [String] = []
    for part in line.split(separator: "  ") {
      if let last = lines.last, displayWidth(of: last) + 2 + displayWidth(of: String(part)) <= columns {
        lines[lines.count - 1] = last + "  " + part
      } else {
        lines.append(String(part))
      }
    }
    return lines.map(clipped)
  }

  /// As much of the line as there is room for.
  func clipped(_ line: String) -> String {
    guard displayWidth(of: line) > columns else { return line }
    var shown = ""
    var width = 1
    for character in line {
      width += displayWidth(of: String(character))
      guard width <= columns else { break }
      shown.append(character)
    }
    return shown + "…"
  }
}
