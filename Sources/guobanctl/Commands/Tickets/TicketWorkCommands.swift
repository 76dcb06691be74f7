internal import ArgumentParser
internal import GuobanImport
internal import GuobanMessages

struct TicketAssignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign", abstract: say("交办或改派：谁解决，谁督导。", "Assign to whoever is to solve it."),
    discussion: say(
      "例：guobanctl ticket assign 410421-2021-000001 --owner 县住建局 --supervisor 县督查室",
      "Example: guobanctl ticket assign 410421-2021-000001 --owner \"housing bureau\""))

  @Option(help: ArgumentHelp(say("责任单位：谁解决", "Who solves it"), valueName: "text"))
  var owner: String

  @Option(help: ArgumentHelp(say("谁督导", "Who sees to it"), valueName: "text"))
  var supervisor = ""

  @Option(help: ArgumentHelp(say("说明", "A note"), valueName: "text"))
  var note = ""

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "AssignTicket",
      Ledger.AssignTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, owner: owner,
        supervisor: supervisor, note: note))
  }
}

struct TicketReturnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "return", abstract: say("退回：交办后几天内，写明原因。", "Give an assigned ticket back, saying why."),
    discussion: say(
      "例：guobanctl ticket return 410421-2021-000001 --reason 不属本单位职责",
      "Example: guobanctl ticket return 410421-2021-000001 --reason \"not ours\""))

  @Option(help: ArgumentHelp(say("原因", "The reason"), valueName: "text"))
  var reason: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "ReturnTicket",
      Ledger.ReturnTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, reason: reason))
  }
}

struct TicketFeedbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feedback",
    abstract: say("反馈办理进展；重大问题可另定时间表。", "Say what has been done; a major problem may get a timetable."),
    discussion: say(
      "例：guobanctl ticket feedback 410421-2021-000001 --note 已现场勘查",
      "Example: guobanctl ticket feedback 410421-2021-000001 --note \"looked at it\""))

  @Option(help: ArgumentHelp(say("办理进展", "What has been done"), valueName: "text"))
  var note: String

  @Option(help: ArgumentHelp(say("哪一天前解决（重大问题）", "Day by which a major problem is solved"), valueName: "date"))
  var timetable = ""

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    try await step.run(
      "FeedbackTicket",
      Ledger.FeedbackTicketRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, note: note,
        timetable: timetable))
  }
}

struct TicketCloseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: say("申请销号：怎么解决的，结果如何。", "Ask for closing: how it was solved, and what came of it."),
    discussion: say(
      "例：guobanctl ticket close 410421-2021-000001 --outcome 已解决 \\\n      --method 改址铺管 --result 已通水",
      "Example: guobanctl ticket close 410421-2021-000001 --outcome solved --method rerouted --result flows"))

  @Option(help: ArgumentHelp(say("已解决（solved）或已解释（explained）", "solved or explained"), valueName: "text"))
  var outcome: String

  @Option(help: ArgumentHelp(say("怎么解决的", "How"), valueName: "text"))
  var method: String

  @Option(help: ArgumentHelp(say("结果", "The result"), valueName: "text"))
  var result: String

  @OptionGroup var step: TicketStepOptions

  func run() async throws {
    let outcome = try choice(self.outcome, TicketWords.outcomes, option: "--outcome")
    try await step.run(
      "RequestClosure",
      Ledger.RequestClosureRequest(
        number: step.number, etag: step.etag, requestId: newRequestID(), validateOnly: step.dryRun, outcome: outcome,
        method: method, result: result))
  }
}
