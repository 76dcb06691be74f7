internal import ArgumentParser
internal import GuobanMessages

struct PassCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pass", abstract: say("签发、核验、打印、换领、吊销通行证。", "Issue, verify, print, renew and revoke passes."),
    discussion: say(
      "例：guobanctl pass verify --plate 豫J12345", "Example: guobanctl pass verify --plate 豫J12345"),
    subcommands: [
      PassIssueCommand.self, PassBatchCommand.self, PassVerifyCommand.self, PassRenewCommand.self,
      PassRevokeCommand.self, PassTripCommand.self, PassPrintCommand.self, PassCheckCommand.self,
      PassPublicKeyCommand.self,
    ])
}

/// What the driver must keep to; nil for what this version does not know.
func conditionText(_ condition: Ledger.PassCondition) -> String? {
  switch condition {
  case .driverStaysInCab: say("司机不下车", "driver stays in cab")
  case .escort: say("护送", "escort")
  default: nil
  }
}

/// A pass in a few lines for a person.
func passText(_ pass: Ledger.Pass) -> String {
  var lines = [
    say("通行证 \(pass.number)  \(pass.plate)", "Pass \(pass.number)  \(pass.plate)"),
    say("  路线 \(pass.origin) → \(pass.destination)", "  route \(pass.origin) → \(pass.destination)"),
    say("  有效期 \(pass.validFrom) 至 \(pass.validUntil)", "  valid \(pass.validFrom) to \(pass.validUntil)"),
  ]
  if !pass.goods.isEmpty || pass.loadKg > 0 {
    let load = tonnesText(pass.loadKg)
    lines.append(say("  货物 \(pass.goods) \(load) 吨", "  goods \(pass.goods) \(load) t"))
  }
  let conditions = pass.conditions.compactMap(conditionText)
  if !conditions.isEmpty {
    lines.append(say("  条件 ", "  conditions ") + conditions.joined(separator: say("、", ", ")))
  }
  if !pass.enterprise.isEmpty { lines.append(say("  企业 \(pass.enterprise)", "  enterprise \(pass.enterprise)")) }
  if let holder = pass.holder, !holder.name.isEmpty || !holder.phone.isEmpty {
    lines.append(say("  持证人 \(holder.name) \(holder.phone)", "  holder \(holder.name) \(holder.phone)"))
  }
  return Terminal.harmless(lines.joined(separator: "\n"))
}
