internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct LedgerCompactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact", abstract: say("删去变更日志里过期的行，链仍可核对。", "Remove old rows of the change log; the chain stays."),
    discussion: say(
      """
      例：guobanctl ledger compact --dry-run
          guobanctl ledger compact --days 1096
      压缩后不再有的：那些行的审计（先用 guobanctl audit list --json 或快照存档）、从那以前开始的订阅、
      删除已久的记录的恢复、那些请求的重发应答（重发会被拒绝，不会再做一次）。
      """,
      """
      Examples: guobanctl ledger compact --dry-run
                guobanctl ledger compact --days 1096
      Lost with it: the audit of those rows (keep guobanctl audit list --json or a snapshot), watches that begin before,
      undeleting what was deleted long ago, and the answers to those requests (a retry is refused, not done twice).
      """))

  @Option(help: ArgumentHelp(say("保留最近多少天；不写按守护进程的设置", "Days to keep; else as the daemon is set"), valueName: "days"))
  var days: UInt32 = 0

  @Flag(help: ArgumentHelp(say("只说会删多少，不删", "Only say what would go"))) var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      let answer: Ledger.CompactChangeLogResponse = try await client.call(
        "/guoban.v1.AuditService/CompactChangeLog",
        Ledger.CompactChangeLogRequest(days: days, validateOnly: dryRun),
        timeout: common.callTimeout ?? .seconds(600))
      guard let compaction = answer.compaction else {
        return Terminal.print(
          answer.removedChanges == 0
            ? say("没有过期的变更。", "Nothing is old enough.")
            : say(
              "接着上次做完：删去 \(answer.removedChanges) 行", "finished the last one: \(answer.removedChanges) rows removed"))
      }
      let until = localTime(compaction.time) ?? ""
      Terminal.print(
        dryRun
          ? say(
            "会删去 \(answer.removedChanges) 行，到修订 \(compaction.revision)（\(until)）",
            "would remove \(answer.removedChanges) rows, to revision \(compaction.revision) (\(until))")
          : say(
            "删去了 \(answer.removedChanges) 行，到修订 \(compaction.revision)（\(until)）；保留最近 \(compaction.days) 天",
            "removed \(answer.removedChanges) rows, to revision \(compaction.revision) (\(until)); \(compaction.days) days are kept"
          ))
    }
  }
}

struct LedgerUndeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undelete", abstract: say("恢复一条被删除的记录。", "Bring a deleted record back."),
    discussion: say("例：guobanctl ledger undelete Project P-1001", "Example: guobanctl ledger undelete Project P-1001"))

  @Argument(help: ArgumentHelp(say("记录类型，如 Project", "The record type, as Project"), valueName: "type")) var type:
    String
  @Argument(help: ArgumentHelp(say("键", "The key"), valueName: "key")) var key: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.UndeleteResponse = try await common.call(
      "/guoban.v1.LedgerService/Undelete", Ledger.UndeleteRequest(recordType: type, key: key, requestId: newRequestID())
    )
    Terminal.print(
      say("已恢复 \(type) “\(key)”（修订 \(answer.revision)）", "\(type) \"\(key)\" is back (revision \(answer.revision))"))
  }
}
