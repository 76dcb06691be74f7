internal import GuobanArchive
internal import GuobanModel
internal import GuobanStorage

/// What the operator is told when the daemon cannot start.
public enum DaemonFailure {
  /// The error's own words, in the language wanted where it has it.
  public static func message(_ error: any Error, _ language: Language) -> String {
    switch error {
    case let error as DaemonError: language.say(error.message, error.englishMessage)
    case let error as ArchiveError: language.say(error.message, error.englishMessage)
    case let error as RuleViolation: language.say(error.message, error.englishMessage)
    case let error as StorageError where error.code == .locked:
      language.say("另一个 guoband 正在使用这个数据目录（\(error.message)）", error.message)
    case let error as StorageError where error.code == .newerSchema:
      language.say("台账是更新版本的 guoband 写的，请用那个版本（\(error.message)）", error.message)
    case let error as StorageError: error.message
    default: "\(error)"
    }
  }
}
