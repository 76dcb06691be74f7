internal import Foundation

/// Standard error for people.
enum Console {
  static func error(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
