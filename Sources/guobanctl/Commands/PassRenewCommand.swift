internal import ArgumentParser
internal import GuobanMessages

struct PassRenewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "renew",
    abstract: say("换领：同车、同路线、同持证人的新证；旧证随之作废。", "A new pass for the same vehicle, route and holder; the old one ends."),
    discussion: say(
      "例：guobanctl pass renew 410928000001 --valid-until 2023-07-31",
      "Example: guobanctl pass renew 410928000001 --valid-until 2023-07-31"))

  @Argument(help: ArgumentHelp(say("旧证的 12 位证号", "The old pass's 12 digits"), valueName: "number"))
  var number: String

  @Option(help: ArgumentHelp(say("首日，不写为今天", "First day; today if left out"), valueName: "date"))
  var validFrom = ""

  @Option(
    help: ArgumentHelp(say("末日，不写为默认天数", "Last day; the configured number of days if left out"), valueName: "date"))
  var validUntil = ""

  @Flag(help: ArgumentHelp(say("只检查，不签发", "Check only; issue nothing")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.IssuePassResponse = try await common.call(
      "/guoban.v1.PassService/RenewPass",
      Ledger.RenewPassRequest(
        number: number, validFrom: validFrom, validUntil: validUntil, requestId: newRequestID(), validateOnly: dryRun))
    Terminal.print(dryRun ? say("可以换领（没有签发）：", "May be renewed (was not):") : say("已换领：", "Renewed:"))
    if let pass = answer.pass { Terminal.print(passText(pass)) }
  }
}
