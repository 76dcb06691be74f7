/// Why a JSON text is not a message of the type asked for.
public struct DynamicJSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where: `projects[0].tier`; empty is the whole text.
  public var field: String
  /// What is wrong and what would be right, in Chinese.
  public var chinese: String
  /// What is wrong and what would be right, in English.
  public var english: String

  init(_ field: String, _ chinese: String, _ english: String) {
    self.field = field
    self.chinese = chinese
    self.english = english
  }

  public var description: String { field.isEmpty ? english : "\(field): \(english)" }
}
