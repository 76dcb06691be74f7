/// One field that breaks one rule: what a client needs to mend it.
public struct RecordViolation: Error, Sendable, Equatable {
  /// Path in the request: "enterprises[3].uscc".
  public var field: String
  /// What was given, shortened to at most 64 scalars.
  public var value: String
  /// UPPER_SNAKE_CASE name of the rule.
  public var rule: String
  /// For a clerk: the value, the rule, and what to do.
  public var message: String
  /// The same in English.
  public var englishMessage: String

  /// Names a field, its value, and the rule that it breaks.
  public init(field: String, value: String, rule: String, _ message: String, _ englishMessage: String) {
    self.field = field
    let shown = value.unicodeScalars.prefix(64)
    self.value = shown.endIndex == value.endIndex ? value : String(shown.dropLast()) + "…"
    self.rule = rule
    self.message = message
    self.englishMessage = englishMessage
  }
}
