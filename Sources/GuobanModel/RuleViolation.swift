/// A value that breaks a rule of the ledger, told to the clerk who must correct it.
///
/// Every validating initialiser of this module throws this one type. The daemon turns it into a field violation:
/// `rule` becomes the machine-readable reason, `message` the description.
public struct RuleViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which rule, UPPER_SNAKE_CASE, stable across versions: `USCC_CHECK_CHARACTER`.
  public let rule: String
  /// Chinese: the value, the rule, and what to do.
  public let message: String
  /// The same in English.
  public let englishMessage: String

  public init(rule: String, message: String, englishMessage: String) {
    self.rule = rule
    self.message = message
    self.englishMessage = englishMessage
  }

  public var description: String { "\(rule): \(message)" }
}

extension RuleViolation {
  static let quotedCharactersMax = 40

  /// The value as it may be repeated in a message: bounded, on one line, without control characters.
  static func quoted(_ value: String) -> String {
    var shown = ""
    var count = 0
    for character in value {
      if count == quotedCharactersMax {
        shown += "…"
        break
      }
      // A cluster can hold any number of combining scalars, so only its head is bounded enough to repeat.
      for scalar in character.unicodeScalars.prefix(4) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: shown += "?"
        default: shown.unicodeScalars.append(scalar)
        }
      }
      count += 1
    }
    return "“\(shown)”"
  }
}
