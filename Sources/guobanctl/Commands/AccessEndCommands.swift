internal import ArgumentParser
internal import GuobanMessages

struct AccessRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: say("换一个新令牌；旧的马上失效。", "Give a new token; the old one ends at once."),
    discussion: say("例：guobanctl access rotate gate-3 > 令牌", "Example: guobanctl access rotate gate-3 > token"))

  @Argument(help: ArgumentHelp(say("名称", "The grant's name"), valueName: "name"))
  var name: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.GrantWithToken = try await common.call(
      "/guoban.v1.AccessService/RotateToken", Ledger.RotateTokenRequest(name: name, requestId: newRequestID()))
    Terminal.complain(say("新令牌（只显示这一次，请现在存好）：", "The new token (shown this once; keep it now):"))
    Terminal.print(Terminal.harmless(answer.token))
  }
}

struct AccessRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: say("撤销一个授权，写明原因；连着的一秒内断开。", "Revoke a grant, saying why; its connections end within a second."),
    discussion: say(
      "例：guobanctl access revoke puyang-clerk --reason 已调离\n撤销后不能恢复，名称也不能再用。",
      "Example: guobanctl access revoke puyang-clerk --reason \"moved on\"\nFor good: neither the grant nor its name comes back."
    ))

  @Argument(help: ArgumentHelp(say("名称", "The grant's name"), valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp(say("原因", "The reason")))
  var reason: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let grant: Ledger.Grant = try await common.call(
      "/guoban.v1.AccessService/RevokeGrant",
      Ledger.RevokeGrantRequest(name: name, reason: reason, requestId: newRequestID()))
    Terminal.print(say("已撤销：", "Revoked:"))
    Terminal.print(grantText(grant))
  }
}
