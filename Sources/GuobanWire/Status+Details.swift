public import GuobanMessages

extension Status {
  /// The domain of every `ErrorInfo` this daemon sends.
  public static let domain = "guoban"

  /// INVALID_ARGUMENT with one `BadRequest` entry per violation; the message is the first of them in words.
  public static func invalidArgument(violations: [FieldViolation]) -> Status {
    var message = "the request breaks a rule"
    if let first = violations.first {
      let value = first.value.isEmpty ? "" : " \"\(first.shownValue)\""
      message = "\(first.field)\(value): \(first.description)"
    }
    if violations.count > 1 { message += " (and \(violations.count - 1) more)" }
    return Status(.invalidArgument, message).violations(violations)
  }

  /// The same status, naming the fields that led to it.
  public func violations(_ violations: [FieldViolation]) -> Status {
    violations.isEmpty ? self : adding(Google.BadRequest(fieldViolations: violations.map(\.packed)))
  }

  /// The same status with a stable reason (`UPPER_SNAKE_CASE`) that a program can switch on.
  public func reason(_ reason: String, _ metadata: [String: String] = [:]) -> Status {
    adding(Google.ErrorInfo(reason: reason, domain: Self.domain, metadata: metadata))
  }

  /// The same status with one more detail.
  public func adding(_ detail: some Message) -> Status {
    var copy = self
    copy.details.append(
      Google.AnyMessage(typeUrl: "type.googleapis.com/\(type(of: detail).fullName)", value: detail.packed()))
    return copy
  }

  /// The reason of the first `ErrorInfo`, when there is one.
  public func reason(limits: DecodeLimits) -> String? {
    detail(Google.ErrorInfo.self, limits: limits)?.reason
  }

  /// The fields that `BadRequest` details name.
  public func violations(limits: DecodeLimits) -> [Google.BadRequest.FieldViolation] {
    detail(Google.BadRequest.self, limits: limits)?.fieldViolations ?? []
  }

  /// The first detail of this type that can be read.
  public func detail<Detail: Message>(_ type: Detail.Type, limits: DecodeLimits) -> Detail? {
    for detail in details where detail.typeUrl.hasSuffix("/\(type.fullName)") {
      if let value = try? Detail(packed: detail.value, limits: limits) { return value }
    }
    return nil
  }
}
