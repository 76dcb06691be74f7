internal import ArgumentParser
internal import GuobanMessages

struct PersonalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "personal",
    abstract: say("个人信息：查看全文、到期删除、密钥。", "Personal data: show whole, erase what is due, keys."),
    discussion: say(
      "例：guobanctl personal reveal Pass 410928000001 --reason 联系司机",
      "Example: guobanctl personal reveal Pass 410928000001 --reason \"call the driver\""),
    subcommands: [
      PersonalRevealCommand.self, PersonalEraseDueCommand.self, PersonalKeysCommand.self,
      PersonalRotateKeyCommand.self, PersonalDropKeyCommand.self,
    ])
}

struct PersonalRevealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal",
    abstract: say(
      "查看一条记录的联系人全文；谁、何时、为何看，都记入变更日志。", "Show a record's contacts whole; who, when and why is in the change log."))

  @Argument(help: ArgumentHelp(say("记录类型：Pass、Enterprise…", "Record type: Pass, Enterprise…"), valueName: "type"))
  var type: String

  @Argument(help: ArgumentHelp(say("键：证号、信用代码…", "Key: number, USCC…"), valueName: "key"))
  var key: String

  @Option(help: ArgumentHelp(say("为什么要看", "Why")))
  var reason: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.RevealPersonalDataResponse = try await common.call(
      "/guoban.v1.PersonalDataService/RevealPersonalData",
      Ledger.RevealPersonalDataRequest(recordType: type, key: key, reason: reason))
    for each in answer.contacts {
      let contact = each.contact ?? Ledger.Contact()
      let values = [contact.name, contact.phone, contact.idNumber].filter { !$0.isEmpty }
      Terminal.print(Terminal.harmless("\(each.field)\t\(values.joined(separator: "\t"))"))
    }
    Terminal.complain(
      say("已记入变更日志，修订号 \(answer.revision)", "in the change log as revision \(answer.revision)"))
  }
}

struct PersonalEraseDueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase-due",
    abstract: say("现在就删除过了保存期的个人信息（守护进程每天也做）。", "Erase what is past its retention now; the daemon does so every day."))

  @Flag(help: ArgumentHelp(say("只数，不删", "Count only")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.EraseDuePersonalDataResponse = try await common.call(
      "/guoban.v1.PersonalDataService/EraseDuePersonalData",
      Ledger.EraseDuePersonalDataRequest(validateOnly: dryRun))
    if answer.cutoff.isEmpty {
      return Terminal.print(
        say("没有设保存期（personalData.retentionDays 为 0），不删除。", "No retention is set; nothing is erased."))
    }
    Terminal.print(
      dryRun
        ? say(
          "\(answer.cutoff) 以前结束的，待删 \(answer.records) 条，另有早先删除的记录 \(answer.deletedRecords) 条",
          "\(answer.records) records that ended before \(answer.cutoff) are due, and \(answer.deletedRecords) deleted ones"
        )
        : say(
          "\(answer.cutoff) 以前结束的，已删 \(answer.records) 条，另有早先删除的记录 \(answer.deletedRecords) 条",
          "erased \(answer.records) records that ended before \(answer.cutoff), and \(answer.deletedRecords) deleted ones"
        ))
  }
}
