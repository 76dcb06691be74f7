internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct PersonalKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: say("列出密钥和它们的状态。", "List the keys and their states."))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.ListKeysResponse = try await common.call(
      "/guoban.v1.PersonalDataService/ListKeys", Ledger.ListKeysRequest())
    var rows = [[say("密钥", "KEY"), say("用途", "PURPOSE"), say("状态", "STATE"), say("启用时间", "SINCE")]]
    rows += answer.keys.map {
      [$0.id, keyPurposeText($0.purpose), keyStateText($0.state), localTime($0.meta?.createTime) ?? ""]
    }
    Terminal.print(alignedColumns(rows))
    if answer.isResealing {
      Terminal.complain(
        say("正在用新密钥重新封存：已 \(answer.resealedRecords) 条", "sealing anew: \(answer.resealedRecords) records so far"))
    }
  }
}

struct PersonalRotateKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key",
    abstract: say(
      "换一个新密钥；个人信息随后在后台用它重新封存。", "Make a new key current; personal data are then sealed anew in the background."),
    discussion: say(
      "例：guobanctl personal rotate-key\n    guobanctl personal rotate-key --signing",
      "Examples: guobanctl personal rotate-key\n          guobanctl personal rotate-key --signing"))

  @Flag(
    help: ArgumentHelp(say("换通行证的签名密钥；旧公钥仍可核验旧证", "The key that signs passes; the old one still verifies old passes")))
  var signing = false

  @Flag(help: ArgumentHelp(say("不等重新封存完", "Do not wait until all is sealed anew")))
  var noWait = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let service = "/guoban.v1.PersonalDataService"
    try await common.withClient { client in
      let key: Ledger.DaemonKey = try await client.call(
        "\(service)/RotateKey", Ledger.RotateKeyRequest(purpose: signing ? .passSigning : .personalData),
        timeout: common.callTimeout)
      Terminal.print(
        Terminal.harmless(
          say("新密钥：\(key.id)。请把密钥文件另存一份，不要和台账的备份放在一起。", "the new key: \(key.id). Keep a copy of its file apart.")))
      while !signing && !noWait {
        let state: Ledger.ListKeysResponse = try await client.call(
          "\(service)/ListKeys", Ledger.ListKeysRequest(), timeout: common.callTimeout)
        guard state.keys.contains(where: { $0.state == .retiring }) else {
          Terminal.endProgress()
          return Terminal.print(
            say("已全部重新封存。旧密钥只有旧快照还用得着。", "All is sealed anew. Only old snapshots need the old key."))
        }
        Terminal.progress(say("重新封存 \(state.resealedRecords) 条…", "sealed anew: \(state.resealedRecords)…"))
        try await Task.sleep(for: .milliseconds(500))
      }
    }
  }
}

struct PersonalDropKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop-key",
    abstract: say(
      "销毁一个停用的密钥：只有它能打开的（旧快照里的个人信息）从此没有了。",
      "Destroy a retired key: what only it opens, in old snapshots, is gone for good."))

  @Argument(help: ArgumentHelp(say("密钥编号，见 personal keys", "The key's id, see personal keys"), valueName: "id"))
  var id: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let key: Ledger.DaemonKey = try await common.call(
      "/guoban.v1.PersonalDataService/DropKey", Ledger.DropKeyRequest(id: id))
    Terminal.print(Terminal.harmless(say("已销毁：\(key.id)", "destroyed: \(key.id)")))
  }
}

private func keyPurposeText(_ purpose: Ledger.KeyPurpose) -> String {
  switch purpose {
  case .personalData: say("个人信息", "personal data")
  case .passSigning: say("通行证签名", "pass signing")
  default: purpose.name
  }
}

private func keyStateText(_ state: Ledger.KeyState) -> String {
  switch state {
  case .current: say("在用", "current")
  case .retiring: say("正在换下", "retiring")
  case .retired: say("停用", "retired")
  case .dropped: say("已销毁", "dropped")
  default: state.name
  }
}
