internal import ArgumentParser
internal import GuobanMessages

struct TicketApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: say(
      "批准销号：由问题所在层级及以上、未经办过的人办理。", "Approve the closing: whoever is of the level or above and has not handled it."),
    discussion: say(
      "例：guobanctl ticket approve 410421-2021-000001", "Example: guobanctl ticket approve 410421-2021-000001"))

  @Option(help: ArgumentHelp(say("说明", "A note"), valueName: "text"))
  var note = ""

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "ApproveClosure",
      Ledger.ApproveClosureRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, note: note))
  }
}

struct TicketRefuseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refuse", abstract: say("不予销号，写明原因，退回办理。", "Refuse the closing, saying why."),
    discussion: say(
      "例：guobanctl ticket refuse 410421-2021-000001 --reason 企业反映仍不通",
      "Example: guobanctl ticket refuse 410421-2021-000001 --reason \"still blocked\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "RefuseClosure",
      Ledger.RefuseClosureRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}

struct TicketExemptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exempt", abstract: say("容错：写明原因后，超时不再计入。", "Exempt: being late no longer counts, for a reason."),
    discussion: say(
      "例：guobanctl ticket exempt 410421-2021-000001 --reason 等待上级批复",
      "Example: guobanctl ticket exempt 410421-2021-000001 --reason \"waits for the province\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "ExemptTicket",
      Ledger.ExemptTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}

struct TicketSuperviseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supervise", abstract: say("督办：催办并记录在案。", "Urge it on, on record."),
    discussion: say(
      "例：guobanctl ticket supervise 410421-2021-000001 --note 三日内办结",
      "Example: guobanctl ticket supervise 410421-2021-000001 --note \"three days\""))

  @Option(help: ArgumentHelp(say("督办意见", "What is asked"), valueName: "text"))
  var note: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "SuperviseTicket",
      Ledger.SuperviseTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, note: note))
  }
}
