internal import GuobanModel
internal import Testing

/// The rule that a body breaks; nil when it breaks none.
func brokenRule(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let violation as RuleViolation {
    return violation.rule
  } catch {
    return "not a RuleViolation: \(error)"
  }
}
