internal import ArgumentParser
internal import Foundation

/// The command line of guoban: for operators, clerks and scripts.
@main
struct Guobanctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guobanctl",
    abstract: say("过半台账的命令行工具。", "The command line of the Guoban ledger."),
    discussion: say(
      """
      例：
        guobanctl health
        guobanctl sample --into 样例 && guobanctl import 样例
        guobanctl report run ranking --param year=2023 --param month=6
      守护进程的地址依次取自 --address、GUOBAN_ADDRESS、数据目录里的 guoban.sock。
      退出码：0 成功，1 被守护进程拒绝，64 命令或输入有误，69 连不上守护进程。
      """,
      """
      Examples:
        guobanctl health
        guobanctl sample --into sample && guobanctl import sample
        guobanctl report run ranking --param year=2023 --param month=6
      The daemon's address comes from --address, GUOBAN_ADDRESS, or guoban.sock in the data directory.
      Exit codes: 0 done, 1 refused by the daemon, 64 bad command or input, 69 no daemon answers.
      """),
    version: "guobanctl 0.1.0",
    subcommands: [
      ImportCommand.self, ExportCommand.self, SampleCommand.self, ReportCommand.self, PassCommand.self,
      TicketCommand.self, ProjectCommand.self, AssignmentCommand.self, PersonalCommand.self, SnapshotCommand.self,
      LedgerCommand.self,
      RegisterCommand.self, QueryCommand.self, AuditCommand.self, AccessCommand.self, WatchCommand.self,
      StatusCommand.self, TopCommand.self,
      CallCommand.self, DescribeCommand.self, HealthCommand.self, PingCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Terminal.complain(failure.message)
      Foundation.exit(failure.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}
