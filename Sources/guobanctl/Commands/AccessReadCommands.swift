internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct AccessListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出授权。", "List grants."),
    discussion: say(
      "例：guobanctl access list\n    guobanctl access list --all",
      "Examples: guobanctl access list\n          guobanctl access list --all"))

  @Flag(help: ArgumentHelp(say("已撤销的也列出", "The revoked ones too")))
  var all = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var rows = [
      [
        say("名称", "NAME"), say("角色", "ROLES"), say("区划", "REGION"), say("凭据", "CREDENTIAL"), say("状态", "STATE"),
        say("说明", "DESCRIPTION"),
      ]
    ]
    let filter = all ? "" : "revoked = 0"
    rows += try await common.withClient { client in
      var rows: [[String]] = []
      var token = ""
      repeat {
        let page: Ledger.ListGrantsResponse = try await client.call(
          "/guoban.v1.AccessService/ListGrants", Ledger.ListRecordsRequest(pageToken: token, filter: filter),
          timeout: common.callTimeout)
        rows += page.grants.map { grant in
          [
            grant.name, roleText(grant.roles), grant.region.isEmpty ? say("不限", "everywhere") : grant.region,
            credentialText(grant), grantState(grant), grant.description,
          ]
        }
        token = page.nextPageToken
      } while !token.isEmpty
      return rows
    }
    Terminal.print(alignedColumns(rows))
  }
}

struct AccessShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: say("看一个授权。", "Show a grant."),
    discussion: say("例：guobanctl access show puyang-clerk", "Example: guobanctl access show puyang-clerk"))

  @Argument(help: ArgumentHelp(say("名称", "The grant's name"), valueName: "name"))
  var name: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let grant: Ledger.Grant = try await common.call(
      "/guoban.v1.AccessService/GetGrant", Ledger.GetRecordRequest(key: name))
    Terminal.print(grantText(grant))
  }
}

struct AccessWhoAmICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami", abstract: say("守护进程把我当作谁。", "Who the daemon takes me for."),
    discussion: say(
      "例：guobanctl access whoami --address tcp:127.0.0.1:7613 --token-file 令牌",
      "Example: guobanctl access whoami --address tcp:127.0.0.1:7613 --token-file token"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let who: Ledger.WhoAmIResponse = try await common.call(
      "/guoban.v1.AccessService/WhoAmI", Ledger.WhoAmIRequest())
    let rows = [
      [say("名称", "name"), who.name], [say("角色", "roles"), roleText(who.roles)],
      [say("区划", "region"), who.region.isEmpty ? say("不限", "everywhere") : who.region],
      [say("权限", "permissions"), who.permissions.map { $0.name.lowercased() }.joined(separator: " ")],
      [say("到期", "expires"), localTime(who.expireTime) ?? say("不限", "never")], [say("来自", "from"), who.peer],
    ]
    Terminal.print(alignedColumns(rows))
  }
}
