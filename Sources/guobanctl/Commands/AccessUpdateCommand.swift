internal import ArgumentParser
internal import GuobanMessages

struct AccessUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: say("改一个授权的角色、区划、期限或说明。", "Change a grant's roles, region, end or description."),
    discussion: say(
      "例：guobanctl access update puyang-clerk --role clerk --expires 90d\n只改写出的各项；已连着的会被请走，重连后按新的来。",
      "Example: guobanctl access update puyang-clerk --role clerk --expires 90d\nChanges only what is named; connections end, and come back as the new grant says."
    ))

  @Argument(help: ArgumentHelp(say("名称", "The grant's name"), valueName: "name"))
  var name: String

  @Option(
    help: ArgumentHelp(say("角色，可重复；写出的取代原有的", "A role; may be repeated; these replace the old"), valueName: "role"))
  var role: [String] = []

  @Option(help: ArgumentHelp(say("区划；everywhere 为不限", "The region; or everywhere"), valueName: "code"))
  var region: String?

  @Option(help: ArgumentHelp(say("说明", "The description")))
  var description: String?

  @Option(
    help: ArgumentHelp(
      say("最后一天（2027-06-30）、天数（90d）或 never", "The last day (2027-06-30), days (90d), or never"), valueName: "when"))
  var expires: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var grant = Ledger.Grant(name: name)
    var paths: [String] = []
    if !role.isEmpty {
      grant.roles = try role.map { try choice($0, roleWords, option: "--role") }
      paths.append("roles")
    }
    if let region {
      grant.region = region == "everywhere" || region == "不限" ? "" : region
      paths.append("region")
    }
    if let description {
      grant.description = description
      paths.append("description")
    }
    if let expires {
      grant.expireTime = try expireTime(expires, option: "--expires")
      paths.append("expire_time")
    }
    guard !paths.isEmpty else { throw Failure.input(say("没有写要改什么，见 --help。", "Nothing to change; see --help.")) }
    let changed: Ledger.Grant = try await common.call(
      "/guoban.v1.AccessService/UpdateGrant",
      Ledger.UpdateGrantRequest(grant: grant, updateMask: Google.FieldMask(paths: paths), requestId: newRequestID()))
    Terminal.print(say("已改：", "Changed:"))
    Terminal.print(grantText(changed))
  }
}
