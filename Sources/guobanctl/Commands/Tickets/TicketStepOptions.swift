internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

/// What every step of a ticket takes.
struct TicketStepOptions: ParsableArguments {
  @Argument(help: ArgumentHelp(say("问题编号", "The ticket's number"), valueName: "number"))
  var number: String

  @Option(help: ArgumentHelp(say("只在问题仍是这个版本时办理", "Only if the ticket still is this version"), valueName: "etag"))
  var etag = ""

  @Flag(help: ArgumentHelp(say("只检查，不办理", "Check only; change nothing")))
  var dryRun = false

  @Flag(help: ArgumentHelp(say("以 JSON 输出", "Print JSON")))
  var json = false

  @OptionGroup var common: CommonOptions

  /// Takes the step, and prints where the ticket then stands.
  func run<Request: Message & Sendable>(_ method: String, _ request: Request) async throws {
    try await common.withClient { client in
      let ticket: Ledger.Ticket = try await client.call(
        "\(TicketCommand.service)/\(method)", request, timeout: common.callTimeout)
      if json { return Terminal.print(try await Catalog(of: client).text(ticket)) }
      if dryRun { Terminal.print(say("可以办理（没有办理）：", "Possible (not done):")) }
      Terminal.print(Terminal.harmless(TicketText.lines(ticket).joined(separator: "\n")))
    }
  }
}
