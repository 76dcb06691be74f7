public import GuobanMessages

extension Google.LocalizedMessage {
  /// The locale of every one that this daemon sends.
  public static let english = "en"

  /// The English beside a message; nil when the message is in English itself.
  public init?(english: String, beside message: String) {
    if english == message { return nil }
    self.init(locale: Self.english, message: english)
  }

  /// Whether it is in English of any country.
  fileprivate var isEnglish: Bool { locale == Self.english || locale.hasPrefix("en-") }
}

extension Google.LocalizedMessage? {
  /// The English, or the message that it stands beside where there is none.
  public func english(orElse message: String) -> String {
    flatMap { $0.isEnglish ? $0.message : nil } ?? message
  }
}

extension Google.BadRequest.FieldViolation {
  /// A violation in both languages.
  public init(field: String, reason: String, _ description: String, _ englishDescription: String) {
    self.init(
      field: field, description: description, reason: reason,
      localizedMessage: Google.LocalizedMessage(english: englishDescription, beside: description))
  }

  /// The description in English; the description as it is when the daemon sent no English.
  public var englishDescription: String { localizedMessage.english(orElse: description) }
}
