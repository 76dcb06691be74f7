internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import Glibc
internal import GuobanClient
internal import GuobanMessages

struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: say("实时看守护进程在忙什么。", "Watch what the daemon is busy with."),
    discussion: say(
      "例：guobanctl top\n    guobanctl top --interval 10 --count 6 > 记录.txt\n第一屏是启动以来的平均，之后是每次间隔内的。按 q 或 Ctrl-C 结束。",
      "Examples: guobanctl top\n          guobanctl top --interval 10 --count 6 > record.txt\nThe first block is the average since the daemon's start, those after it are of each interval. q or Ctrl-C ends it."
    ))

  @Option(help: ArgumentHelp(say("几秒刷新一次", "Seconds between two blocks"), valueName: "seconds"))
  var interval = 2.0

  @Option(help: ArgumentHelp(say("刷新几次后结束；0 为一直", "Blocks to show; 0 = no end"), valueName: "count"))
  var count = 0

  @Option(help: ArgumentHelp(say("最多列几个方法", "Methods to list at most"), valueName: "count"))
  var rows = 20

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (0.1...3600).contains(interval), count >= 0, (1...1000).contains(rows) else {
      throw ValidationError(
        say(
          "--interval 应在 0.1 到 3600 之间，--count 不能为负，--rows 应在 1 到 1000 之间。",
          "--interval must be 0.1…3600, --count not negative, --rows 1…1000."))
    }
  }

  func run() async throws {
    // The shell's prompt belongs on a line of its own.
    signal(SIGINT, SIG_IGN)
    let keys = Keys()
    defer { keys?.restore() }
    let quit = { @Sendable in
      keys?.restore()
      if Terminal.isInteractive { Terminal.print("") }
      Foundation.exit(0)
    }
    let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    interrupt.setEventHandler(handler: quit)
    interrupt.resume()
    defer { interrupt.cancel() }
    let typing = keys.map { _ in DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global()) }
    typing?.setEventHandler { if Keys.typed("q") { quit() } }
    typing?.activate()
    defer { typing?.cancel() }
    try await common.withClient { client in
      var before: Ledger.DaemonMetrics?
      var shown = 0
      while true {
        let now: Ledger.DaemonMetrics = try await client.call(
          "/guoban.v1.StatusService/GetMetrics", Ledger.GetMetricsRequest(), timeout: common.callTimeout)
        let screen = TopScreen(from: before, to: now, rowsMax: rows, size: TerminalSize())
        show(screen.lines, isFirst: shown == 0)
        before = now
        shown += 1
        if count > 0 && shown >= count { return }
        try await Task.sleep(for: .milliseconds(Int64(interval * 1000)))
      }
    }
  }

  /// On a terminal each block takes the place of the one before; elsewhere an empty line stands between them.
  private func show(_ lines: [String], isFirst: Bool) {
    let text = lines.joined(separator: "\n")
    if Terminal.isInteractive {
      Terminal.print("\u{1B}[H\u{1B}[2J" + text)
    } else {
      Terminal.print((isFirst ? "" : "\n") + text)
    }
  }
}
