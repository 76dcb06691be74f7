public import GuobanMessages

extension Status {
  /// The domain of every `ErrorInfo` this daemon sends.
  public static let domain = "guoban"

  /// INVALID_ARGUMENT with one `BadRequest` entry per violation; the message is the first of them in words.
  public static func invalidArgument(violations: [FieldViolation]) -> Status {
    guard let first = violations.first else { return Status(.invalidArgument, "请求不合规则", "the request breaks a rule") }
    let more = violations.count - 1
    let place = first.field + (first.value.isEmpty ? "" : " \"\(first.shownValue)\"")
    return Status(
      .invalidArgument, "\(place)：\(first.description)" + (more > 0 ? "（另有 \(more) 处）" : ""),
      "\(place): \(first.englishDescription)" + (more > 0 ? " (and \(more) more)" : "")
    )
    .violations(violations)
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
    copy.details.append(Google.AnyMessage(detail))
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
    for detail in details where detail.holds(type) {
      if let value = try? Detail(packed: detail.value, limits: limits) { return value }
    }
    return nil
  }
}

extension Google.AnyMessage {
  /// A message with its type's name.
  init(_ message: some Message) {
    self.init(typeUrl: "type.googleapis.com/\(type(of: message).fullName)", value: message.packed())
  }

  /// Whether it names this type.
  func holds<Detail: Message>(_ type: Detail.Type) -> Bool { typeUrl.hasSuffix("/\(type.fullName)") }
}
