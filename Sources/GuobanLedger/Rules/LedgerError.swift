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
  public var violations: [RecordViolation]

  /// A refusal.
  public init(_ code: Code, reason: String, _ message: String, violations: [RecordViolation] = []) {
    self.code = code
    self.reason = reason
    self.message = message
    self.violations = violations
  }

  /// Fields break rules.
  static func invalid(_ violations: [RecordViolation]) -> LedgerError {
    let first = violations.first.map { "\($0.field)：\($0.message)" } ?? ""
    let more = violations.count > 1 ? "（共 \(violations.count) 处）" : ""
    return LedgerError(.invalid, reason: "INVALID_FIELDS", first + more, violations: violations)
  }

  /// No record of this type and key.
  public static func notFound(_ type: String, _ key: String) -> LedgerError {
    let hint =
      type == "Register"
      ? "；guobanctl register list 列出已有的台账，register define --shipped 装入随附的" : ""
    return LedgerError(.notFound, reason: "NOT_FOUND", "没有这条记录：\(type) “\(key)”\(hint)")
  }
}
