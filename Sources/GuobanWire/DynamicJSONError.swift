/// Why a JSON text is not a message of the type asked for.
public struct DynamicJSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where: `projects[0].tier`; empty is the whole text.
  public var field: String
  /// What is wrong and what would be right, in Chinese.
  public var chinese: String
  /// What is wrong and what would be right, in English.
  public var english: String

  init(_ field: String, _ chinese: String, _ english: String) {
    self.field = Self.printable(field)
    self.chinese = Self.printable(chinese)
    self.english = Self.printable(english)
  }

  /// Names and values come from the text; its control characters must not reach a terminal.
  private static func printable(_ text: String) -> String {
    String(text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "\u{FFFD}" : $0 })
  }

  public var description: String { field.isEmpty ? english : "\(field): \(english)" }
}
