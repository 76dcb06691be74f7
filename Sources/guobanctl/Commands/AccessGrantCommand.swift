internal import ArgumentParser
internal import GuobanMessages

struct AccessGrantCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: say("新建一个授权；令牌只显示一次。", "Make a grant; its token is shown once."),
    discussion: say(
      """
      例：
        guobanctl access grant puyang-clerk --role clerk --role pass-officer \\
          --region 410928 --expires 2027-06-30
        guobanctl access grant gate-3 --role checkpoint --description 三号卡口
        guobanctl access grant dashboard --role viewer --unix-user 1001
      不能给出自己没有的权限，也不能给出自己区划以外的区划。
      """,
      """
      Examples:
        guobanctl access grant puyang-clerk --role clerk --role pass-officer \\
          --region 410928 --expires 2027-06-30
        guobanctl access grant gate-3 --role checkpoint --description "gate 3"
        guobanctl access grant dashboard --role viewer --unix-user 1001
      Nobody can give more than he has himself, nor a region outside his own.
      """))

  @Argument(help: ArgumentHelp(say("名称，写入变更日志；不能改", "The name in the change log; for good"), valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp(say("角色，可重复", "A role; may be repeated"), valueName: "role"))
  var role: [String]

  @Option(
    help: ArgumentHelp(say("只管这个区划及其下级；不写为不限", "Held to this region and below; everywhere without"), valueName: "code"))
  var region = ""

  @Option(help: ArgumentHelp(say("是谁、做什么用", "Whose it is, what for")))
  var description = ""

  @Option(
    help: ArgumentHelp(
      say("最后一天（2027-06-30）、天数（90d）或 never", "The last day (2027-06-30), days (90d), or never"), valueName: "when"))
  var expires = "never"

  @Option(help: ArgumentHelp(say("给本机用户（uid），不用令牌", "For a local user (uid) instead of a token"), valueName: "uid"))
  var unixUser: UInt32?

  @Option(
    help: ArgumentHelp(
      say("给 TLS 客户端证书上的名字，不用令牌", "For a TLS client certificate's name instead of a token"), valueName: "name"))
  var certificate: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    if unixUser != nil, certificate != nil {
      throw Failure.input(say("--unix-user 和 --certificate 只能用一个。", "Use either --unix-user or --certificate."))
    }
    let grant = Ledger.Grant(
      name: name, description: description, roles: try role.map { try choice($0, roleWords, option: "--role") },
      region: region,
      credential: unixUser.map { .unixUserId($0) } ?? certificate.map { .certificateName($0) },
      expireTime: try expireTime(expires, option: "--expires"))
    let answer: Ledger.GrantWithToken = try await common.call(
      "/guoban.v1.AccessService/CreateGrant", Ledger.CreateGrantRequest(grant: grant, requestId: newRequestID()))
    Terminal.complain(say("已授权：", "Granted:"))
    Terminal.complain(answer.grant.map(grantText) ?? "")
    // The token alone goes to standard output, so that it can be put into a file.
    if !answer.token.isEmpty {
      Terminal.complain(say("令牌（只显示这一次，请现在存好）：", "Token (shown this once; keep it now):"))
      Terminal.print(answer.token)
    }
  }
}
