public import GuobanMessages

extension Status {
  /// The status for bytes that were refused: RESOURCE_EXHAUSTED past a limit, INVALID_ARGUMENT otherwise.
  public init(_ error: DecodeError) {
    let status = Status(
      error.code.isLimit ? .resourceExhausted : .invalidArgument, english: error.message, cause: error)
    let violation = Google.BadRequest.FieldViolation(
      field: error.field, reason: error.code.name, error.message, error.message)
    self = status.adding(Google.BadRequest(fieldViolations: [violation]))
  }
}
