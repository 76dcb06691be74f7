internal import ArgumentParser
internal import GuobanMessages

struct PassRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: say("吊销一张通行证，写明原因。", "Revoke a pass, saying why."),
    discussion: say(
      "例：guobanctl pass revoke 410928000001 --reason 车辆已转让",
      "Example: guobanctl pass revoke 410928000001 --reason sold"))

  @Argument(help: ArgumentHelp(say("12 位证号", "The pass's 12 digits"), valueName: "number"))
  var number: String

  @Option(help: ArgumentHelp(say("原因，核验时会显示", "The reason; checkpoints see it")))
  var reason: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let request = Ledger.RevokePassRequest(
      number: number, reason: reason,
      requestId: newRequestID())
    let pass: Ledger.Pass = try await common.call("/guoban.v1.PassService/RevokePass", request)
    Terminal.print(say("已吊销：", "Revoked:"))
    Terminal.print(passText(pass))
  }
}
