/// Why the ledger refused a request.
public struct LedgerError: Error, Sendable {
  /// Kinds of refusal. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable {
      case invalid, notFound, alreadyExists, conflict, precondition, exhausted, denied
    }
    private let wrapped: Wrapped

    /// Fields break rules; ``LedgerError/violations`` says which.
    public static let invalid = Code(wrapped: .invalid)
    /// There is no such record.
    public static let notFound = Code(wrapped: .notFound)
    /// There is a record with this key.
    public static let alreadyExists = Code(wrapped: .alreadyExists)
    /// The record has changed since it was read.
    public static let conflict = Code(wrapped: .conflict)
    /// The ledger's state does not allow it.
    public static let precondition = Code(wrapped: .precondition)
    /// A bounded supply is used up.
    public static let exhausted = Code(wrapped: .exhausted)
    /// Somebody else may; the message says who.
    public static let denied = Code(wrapped: .denied)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// UPPER_SNAKE_CASE, stable.
  public var reason: String
  public var message: String
  /// The same in English.
  public var englishMessage: String
  public var violations: [RecordViolation]

  /// A refusal.
  public init(
    _ code: Code, reason: String, _ message: String, _ englishMessage: String, violations: [RecordViolation] = []
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.englishMessage = englishMessage
    self.violations = violations
  }

  /// Fields break rules.
  static func invalid(_ violations: [RecordViolation]) -> LedgerError {
    let first = violations.first
    let isOne = violations.count <= 1
    return LedgerError(
      .invalid, reason: "INVALID_FIELDS",
      (first.map { "\($0.field)：\($0.message)" } ?? "") + (isOne ? "" : "（共 \(violations.count) 处）"),
      (first.map { "\($0.field): \($0.englishMessage)" } ?? "") + (isOne ? "" : " (\(violations.count) in all)"),
      violations: violations)
  }

  /// No record of this type and key.
  public static func notFound(_ type: String, _ key: String) -> LedgerError {
    let isRegister = type == "Register"
    return LedgerError(
      .notFound, reason: "NOT_FOUND",
      "没有这条记录：\(type) “\(key)”"
        + (isRegister ? "；guobanctl register list 列出已有的台账，register define --shipped 装入随附的" : ""),
      "there is no such record: \(type) “\(key)”"
        + (isRegister
          ? "; guobanctl register list shows those there are, register define --shipped installs those that come with it"
          : ""))
  }
}
