internal import GuobanMessages

/// One field that broke one rule, so that the person who filled it in can mend it.
public struct FieldViolation: Hashable, Sendable {
  /// The field's path in the request: `records[3].plate`.
  public var field: String
  /// What was there, as the sender wrote it.
  public var value: String
  /// The rule's stable name, for programs: `PLATE_FORMAT`.
  public var reason: String
  /// What is wrong and what to do, for a person.
  public var description: String
  /// The same in English.
  public var englishDescription: String

  /// A violation.
  public init(field: String, value: String, reason: String, _ description: String, _ englishDescription: String) {
    self.field = field
    self.value = value
    self.reason = reason
    self.description = description
    self.englishDescription = englishDescription
  }
}

extension FieldViolation {
  /// The same violation inside a larger request: `plate` under `records[3]` is `records[3].plate`.
  public func under(_ prefix: String) -> FieldViolation {
    var copy = self
    copy.field = field.isEmpty ? prefix : "\(prefix).\(field)"
    return copy
  }

  /// The shortened value; it goes into messages and must not fill them. By scalars: a character may have any number.
  var shownValue: String {
    let shown = value.unicodeScalars.prefix(Self.shownScalarsMax)
    return shown.endIndex == value.endIndex ? value : "\(Substring(shown))…"
  }

  /// The violation as google.rpc gives it, with the value in front of the description.
  var packed: Google.BadRequest.FieldViolation {
    let shown = value.isEmpty ? "" : "\"\(shownValue)\": "
    return Google.BadRequest.FieldViolation(
      field: field, reason: reason, shown + description, shown + englishDescription)
  }

  private static let shownScalarsMax = 64
}
