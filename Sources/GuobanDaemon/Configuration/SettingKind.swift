/// What a setting holds, and what is allowed.
public enum SettingKind: Sendable, Equatable {
  case text
  case path
  case flag
  case integer(ClosedRange<Int>)
  case bytes(ClosedRange<Int>)
  case duration(ClosedRange<Duration>)
  case choice([String])
  case list(elementsMax: Int)

  /// What is allowed, for a person: "1…65535", "64KiB…64MiB", "text | json".
  public func allowed(_ language: Language) -> String {
    switch self {
    case .text: language.say("文字", "text")
    case .path: language.say("路径", "a path")
    case .flag: "true | false"
    case .integer(let range): "\(range.lowerBound)…\(range.upperBound)"
    case .bytes(let range): "\(ByteCount.text(range.lowerBound))…\(ByteCount.text(range.upperBound))"
    case .duration(let range): "\(range.lowerBound.settingText)…\(range.upperBound.settingText)"
    case .choice(let choices): choices.joined(separator: " | ")
    case .list(let max): language.say("列表，最多 \(max) 项", "a list of at most \(max)")
    }
  }
}
