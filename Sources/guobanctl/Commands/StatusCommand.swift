internal import ArgumentParser
internal import GuobanMessages

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: say("守护进程的状况，一屏看完。", "How the daemon is, on one screen."),
    discussion: say(
      "例：guobanctl status\n适合服务时退出码为 0，不适合为 1，连不上为 69。",
      "Example: guobanctl status\nExits 0 when the daemon is fit to serve, 1 when it is not, 69 when none answers."))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let status: Ledger.DaemonStatus = try await common.call(
      "/guoban.v1.StatusService/GetStatus", Ledger.GetStatusRequest())
    let screen = StatusScreen(status)
    for line in screen.lines { Terminal.print(line) }
    if !screen.isFit { throw ExitCode(1) }
  }
}
