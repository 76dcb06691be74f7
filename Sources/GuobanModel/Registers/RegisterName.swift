/// The name of a register or of one of its fields: a lower-case letter, then lower-case letters, digits and `_`.
///
/// Filters and queries name sources and columns by it, so it is as narrow as their identifiers are.
public struct RegisterName: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  /// Characters, so that register and entry id fit into one key.
  public static let lengthMax = 30

  /// - Throws: `REGISTER_NAME`
  public init(_ text: String) throws(RuleViolation) {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, first.isASCIILowercase, scalars.count <= Self.lengthMax,
      scalars.allSatisfy({ $0.isASCIILowercase || $0.isASCIIDigit || $0 == "_" })
    else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "REGISTER_NAME",
        message: "名称 \(shown) 应以小写字母开头，由小写字母、数字、下划线组成，不超过 \(Self.lengthMax) 位，如 amount_fen",
        englishMessage:
          "name \(shown) needs a lower-case letter, then lower-case letters, digits and _, \(Self.lengthMax) at most")
    }
    self.text = text
  }

  public var description: String { text }
}
