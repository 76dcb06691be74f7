internal import ArgumentParser
internal import GuobanMessages

struct AccessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access", abstract: say("谁可以进来、能做什么：授权与令牌。", "Who may come in, and as what: grants and tokens."),
    discussion: say(
      """
      例：
        guobanctl access grant puyang-clerk --role clerk --region 410928 \\
          --description 濮阳县专班
        guobanctl access list
        guobanctl access revoke puyang-clerk --reason 已调离
      角色：viewer 只看，clerk 录入，pass-officer 办证，checkpoint 卡口核验，auditor 审计，operator 运维，admin 管理员。
      """,
      """
      Examples:
        guobanctl access grant puyang-clerk --role clerk --region 410928 \\
          --description "Puyang county"
        guobanctl access list
        guobanctl access revoke puyang-clerk --reason "moved on"
      Roles: viewer, clerk, pass-officer, checkpoint, auditor, operator, admin.
      """),
    subcommands: [
      AccessGrantCommand.self, AccessListCommand.self, AccessShowCommand.self, AccessUpdateCommand.self,
      AccessRotateCommand.self, AccessRevokeCommand.self, AccessWhoAmICommand.self,
    ])
}

/// Roles by their Chinese words; in English by the protocol's short names.
let roleWords: KeyValuePairs<String, Ledger.Role> = [
  "只看": .viewer, "录入": .clerk, "办证": .passOfficer, "卡口": .checkpoint, "审计": .auditor, "运维": .operator,
  "管理员": .admin,
]

/// Roles as a person reads them: `录入、办证`.
func roleText(_ roles: [Ledger.Role]) -> String {
  roles.map { role in
    say(
      roleWords.first { $0.value == role }?.key ?? role.name,
      String(role.name.lowercased().map { $0 == "_" ? "-" : $0 }))
  }.joined(separator: say("、", ", "))
}

/// How somebody shows who he is.
func credentialText(_ grant: Ledger.Grant) -> String {
  switch grant.credential {
  case .token(let token): say("令牌 \(token.id)", "token \(token.id)")
  case .unixUserId(let user): say("本机用户 \(user)", "local user \(user)")
  case .certificateName(let name): say("证书 \(name)", "certificate \(name)")
  case nil: ""
  }
}

/// Whether a grant is in force.
func grantState(_ grant: Ledger.Grant) -> String {
  if let time = localTime(grant.revokeTime) {
    return say("\(time) 撤销：\(grant.revokeReason)", "revoked \(time): \(grant.revokeReason)")
  }
  guard let end = grant.expireTime, let time = localTime(end) else { return say("有效", "in force") }
  return isPast(end) ? say("\(time) 已到期", "expired \(time)") : say("有效，至 \(time)", "in force until \(time)")
}

/// A grant in a few lines.
func grantText(_ grant: Ledger.Grant) -> String {
  let rows = [
    (say("名称", "name"), grant.name), (say("说明", "description"), grant.description),
    (say("角色", "roles"), roleText(grant.roles)),
    (say("区划", "region"), grant.region.isEmpty ? say("不限", "everywhere") : grant.region),
    (say("凭据", "credential"), credentialText(grant)), (say("状态", "state"), grantState(grant)),
    (say("改于", "changed"), "\(localTime(grant.meta?.updateTime) ?? "") \(grant.meta?.updatedBy ?? "")"),
  ]
  return alignedColumns(rows.filter { !$0.1.isEmpty }.map { ["  " + $0.0, $0.1] })
}
