/// The language that operators are spoken to in. Chinese unless English is asked for.
public enum Language: String, Sendable, CaseIterable {
  case chinese = "zh"
  case english = "en"

  /// `GUOBAN_LANG`, else English when the locale is an English one.
  public init(environment: [String: String]) {
    let named = ["GUOBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first {
      !$0.isEmpty
    }
    self = named?.hasPrefix("en") == true ? .english : .chinese
  }

  /// Picks one of two texts.
  public func say(_ chinese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
    switch self {
    case .chinese: chinese()
    case .english: english()
    }
  }
}
