internal import GuobanMessages
internal import GuobanWire

/// How this program ends when it could not do what was asked: one sentence for the person, one number for a script.
struct Failure: Error {
  var message: String
  var exitCode: Int32

  /// The command or its input is wrong: EX_USAGE.
  static func input(_ message: String) -> Failure { Failure(message: message, exitCode: 64) }
  /// The daemon, or the ledger, said no.
  static func refused(_ message: String) -> Failure { Failure(message: message, exitCode: 1) }
  /// Nobody answers: EX_UNAVAILABLE.
  static func unavailable(_ message: String) -> Failure { Failure(message: message, exitCode: 69) }
}

extension Failure {
  /// A call's status in words, with every field that was wrong.
  init(_ status: Status) {
    let reason = status.reason(limits: .standard)
    switch (status.code, reason) {
    case (.unavailable, "NOT_REACHABLE"):
      self = .unavailable(
        say(
          "连不上守护进程,它可能没有启动:请运行 guoband run(或 systemctl start guoban);若它在别处,用 --address 或 --data-dir 指明。",
          "No daemon answers; start it with guoband run (or systemctl start guoban), or name it with --address or --data-dir."
        )
          + "\n  " + Terminal.harmless(status.message))
    case (.unavailable, _):
      self = .unavailable(
        say("守护进程暂时不能服务,请稍后重试:", "The daemon cannot serve right now; try again later: ")
          + Terminal.harmless(status.message))
    case (.unauthenticated, _):
      self = .refused(
        say(
          "守护进程不认这个口令:请用 --token-file 指明口令文件(默认在数据目录的 token)。",
          "The daemon does not accept the token; name its file with --token-file (token in the data directory).")
          + "\n  " + Terminal.harmless(status.message))
    default:
      var lines = ["\(say("没有成功", "Not done"))(\(status.code.name)): \(Terminal.harmless(status.message))"]
      for violation in status.violations(limits: .standard) {
        lines.append(Terminal.harmless("  \(violation.field) [\(violation.reason)] \(violation.description)"))
      }
      self = .refused(lines.joined(separator: "\n"))
    }
  }
}
