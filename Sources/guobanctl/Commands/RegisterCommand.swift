internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct RegisterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: say("自定义台账：定义、查看、列条目。", "Registers: define, show, list entries."),
    discussion: say(
      """
      例：
        guobanctl register define --shipped
        guobanctl register list
        guobanctl register show support
        guobanctl register entries support \\
          --filter 'kind = "留抵退税" AND amount_fen > 10000000'
      """,
      """
      Examples:
        guobanctl register define --shipped
        guobanctl register list
        guobanctl register show support
        guobanctl register entries support \\
          --filter 'kind = "留抵退税" AND amount_fen > 10000000'
      """),
    subcommands: [
      RegisterListCommand.self, RegisterShowCommand.self, RegisterDefineCommand.self, RegisterEntriesCommand.self,
    ])
}

struct RegisterListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出各本台账。", "List registers."),
    discussion: say("例：guobanctl register list", "Example: guobanctl register list"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var rows = [
      [say("台账", "ID"), say("版本", "VERSION"), say("字段", "FIELDS"), say("名称", "TITLE"), say("说明", "DESCRIPTION")]
    ]
    rows += try await common.withClient { client in
      var rows: [[String]] = []
      var token = ""
      repeat {
        let page: Ledger.ListRegistersResponse = try await client.call(
          "/guoban.v1.RegisterService/ListRegisters", Ledger.ListRecordsRequest(pageToken: token),
          timeout: common.callTimeout)
        rows += page.registers.map { register in
          [
            register.id, "\(register.version)", "\(register.fields.count)",
            say(register.title, register.titleEnglish), register.description,
          ]
        }
        token = page.nextPageToken
      } while !token.isEmpty
      return rows
    }
    if rows.count == 1 {
      Terminal.complain(
        say("还没有台账；装入随附的：guobanctl register define --shipped", "None yet: guobanctl register define --shipped"))
    }
    Terminal.print(alignedColumns(rows))
  }
}

struct RegisterShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: say("看一本台账有哪些字段。", "Show a register's fields."),
    discussion: say("例：guobanctl register show support", "Example: guobanctl register show support"))

  @Argument(help: ArgumentHelp(say("台账", "The register's id"), valueName: "id"))
  var id: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.DescribeRegisterResponse = try await common.call(
      "/guoban.v1.RegisterService/DescribeRegister", Ledger.DescribeRegisterRequest(key: id))
    let register = answer.register ?? Ledger.Register()
    let regions = register.region == .required ? say("分区划", "by region") : say("不分区划", "not by region")
    var lines = [
      say(
        "\(register.title)（\(register.id)）第 \(register.version) 版，\(regions)，\(answer.entries) 条",
        "\(register.titleEnglish) (\(register.id)) version \(register.version), \(regions), \(answer.entries) entries")
    ]
    if !register.description.isEmpty { lines.append(register.description) }
    if !register.keyTemplate.isEmpty {
      lines.append(say("编号：\(register.keyTemplate)", "ids: \(register.keyTemplate)"))
    }
    var rows = [
      [
        say("字段", "FIELD"), say("名称", "TITLE"), say("类型", "TYPE"), say("单位", "UNIT"), say("必填", "REQUIRED"),
        say("可选项", "VALUES"),
      ]
    ]
    rows += register.fields.map { field in
      [
        field.name, say(field.title, field.titleEnglish), field.type.name.lowercased(), field.unit,
        field.required ? say("是", "yes") : "", field.references + field.choices.joined(separator: say("、", ", ")),
      ]
    }
    Terminal.print(Terminal.harmless(lines.joined(separator: "\n") + "\n" + alignedColumns(rows)))
  }
}
