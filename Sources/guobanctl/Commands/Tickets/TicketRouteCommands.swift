internal import ArgumentParser
internal import GuobanImport
internal import GuobanMessages

struct TicketEscalateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escalate",
    abstract: say("上报一级：县级领导 → 县总调度会 → 市 → 省。", "Bring it one level up: county, dispatch, city, province."),
    discussion: say(
      "例：guobanctl ticket escalate 410421-2021-000001 --reason 需市级协调电网",
      "Example: guobanctl ticket escalate 410421-2021-000001 --reason \"the city runs the grid\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "EscalateTicket",
      Ledger.EscalateTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}

struct TicketHandDownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hand-down", abstract: say("下沉一级。", "Bring it one level down."),
    discussion: say(
      "例：guobanctl ticket hand-down 410421-2021-000001 --reason 县里可以解决",
      "Example: guobanctl ticket hand-down 410421-2021-000001 --reason \"the county can\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "HandDownTicket",
      Ledger.HandDownTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}

struct TicketSurveyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey", abstract: say("记录满意度回访。", "Record whether whoever reported it is satisfied."),
    discussion: say(
      "例：guobanctl ticket survey 410421-2021-000001 --satisfaction 满意",
      "Example: guobanctl ticket survey 410421-2021-000001 --satisfaction satisfied"))

  @Option(help: ArgumentHelp(say("满意（satisfied）或不满意（dissatisfied）", "satisfied or dissatisfied"), valueName: "text"))
  var satisfaction: String

  @Option(help: ArgumentHelp(say("说明", "A note"), valueName: "text"))
  var note = ""

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    let satisfaction = try choice(self.satisfaction, TicketWords.satisfactions, option: "--satisfaction")
    try await step.run(
      "SurveyTicket",
      Ledger.SurveyTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun,
        satisfaction: satisfaction, note: note))
  }
}

struct TicketReopenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: say("重新办理已销号的问题。", "Open a closed ticket again."),
    discussion: say(
      "例：guobanctl ticket reopen 410421-2021-000001 --reason 问题复发",
      "Example: guobanctl ticket reopen 410421-2021-000001 --reason \"it came back\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "ReopenTicket",
      Ledger.ReopenTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}
