internal import Foundation
internal import Glibc

/// A terminal that hands over every key at once, without showing it, until ``restore()``.
struct Keys: Sendable {
  private let before: termios

  /// nil where nobody types: input or output is no terminal, or this program runs in the background.
  init?() {
    guard isatty(STDIN_FILENO) == 1, Terminal.isInteractive, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return nil }
    var state = termios()
    guard tcgetattr(STDIN_FILENO, &state) == 0 else { return nil }
    before = state
    state.c_lflag &= ~tcflag_t(ICANON | ECHO)
    guard tcsetattr(STDIN_FILENO, TCSANOW, &state) == 0 else { return nil }
  }

  /// Gives the terminal back as it was.
  func restore() {
    var state = before
    tcsetattr(STDIN_FILENO, TCSANOW, &state)
  }

  /// Whether one of the keys typed since is `key`. To be asked when there is something to read.
  static func typed(_ key: Character) -> Bool {
    FileHandle.standardInput.availableData.contains { Character(Unicode.Scalar($0)) == key }
  }
}
