public import GuobanWire

extension LedgerError: StatusConvertible {
  public var status: Status {
    let fields = violations.map(\.fieldViolation)
    if code == .invalid, !fields.isEmpty { return Status.invalidArgument(violations: fields).reason(reason) }
    return Status(grpcCode, message, englishMessage).reason(reason).violations(fields)
  }

  private var grpcCode: Status.Code {
    switch code {
    case .invalid: .invalidArgument
    case .notFound: .notFound
    case .alreadyExists: .alreadyExists
    case .conflict: .aborted
    case .precondition: .failedPrecondition
    case .exhausted: .resourceExhausted
    case .denied: .permissionDenied
    default: .unknown
    }
  }
}

extension RecordViolation {
  fileprivate var fieldViolation: FieldViolation {
    FieldViolation(field: field, value: value, reason: rule, message, englishMessage)
  }
}
