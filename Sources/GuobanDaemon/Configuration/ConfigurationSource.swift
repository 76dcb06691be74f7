/// Where the value of a setting comes from; the first that has one wins.
public enum ConfigurationSource: Sendable, Equatable {
  /// `--data-dir` and such, or `--set`.
  case flag
  /// The variable's name.
  case environment(String)
  case file(path: String, line: Int)
  case standard

  /// For a person.
  public func text(_ language: Language) -> String {
    switch self {
    case .flag: language.say("命令行", "command line")
    case .environment(let name): language.say("环境变量 \(name)", "environment \(name)")
    case .file(let path, let line): language.say("\(path) 第 \(line) 行", "\(path), line \(line)")
    case .standard: language.say("默认", "default")
    }
  }
}
