internal import ArgumentParser
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages

struct TicketSubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: say("登记一个问题。", "Register a problem."),
    discussion: say(
      """
      例：
        guobanctl ticket submit --region 410421 --title 厂区雨污管网不通 \\
          --category 手续 --channel 走访 --enterprise 91410421MA9GAAAA51
      """,
      """
      Example:
        guobanctl ticket submit --region 410421 --title "the drain is blocked" \\
          --category permits --channel visit --enterprise 91410421MA9GAAAA51
      """))

  @Option(help: ArgumentHelp(say("所属区划代码", "Region code"), valueName: "code"))
  var region: String

  @Option(help: ArgumentHelp(say("一句话说明问题", "The problem in a line"), valueName: "text"))
  var title: String

  @Option(help: ArgumentHelp(say("详情", "The details"), valueName: "text"))
  var description = ""

  @Option(
    help: ArgumentHelp(
      say(
        "类别：环保、用地、用工、金融、电力、用水、用气、原材料、物流、手续、其他",
        "environment, land, labour, finance, electricity, water, gas, materials, logistics, permits, other")))
  var category: String

  @Option(help: ArgumentHelp(say("渠道：APP、110、走访、会议", "app, hotline, visit, meeting")))
  var channel = "走访"

  @Option(help: ArgumentHelp(say("一般或重大", "ordinary or major")))
  var severity = "一般"

  @Option(help: ArgumentHelp(say("登记在哪一级：县、市、省", "county, city or province")))
  var level = "县"

  @Option(help: ArgumentHelp(say("企业的统一社会信用代码", "The enterprise's USCC"), valueName: "uscc"))
  var enterprise = ""

  @Option(help: ArgumentHelp(say("项目代码", "The project's code"), valueName: "code"))
  var project = ""

  @Option(help: ArgumentHelp(say("联系人姓名", "Whom to ask"), valueName: "name"))
  var contactName = ""

  @Option(help: ArgumentHelp(say("联系人电话", "His phone"), valueName: "phone"))
  var contactPhone = ""

  @Flag(help: ArgumentHelp(say("只检查，不登记", "Check only; register nothing")))
  var dryRun = false

  @Flag(help: ArgumentHelp(say("以 JSON 输出", "Print JSON")))
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var ticket = Ledger.Ticket(region: region, title: title, description: description)
    ticket.category = try choice(category, TicketWords.categories, option: "--category")
    ticket.channel = try choice(channel, TicketWords.channels, option: "--channel")
    ticket.severity = try choice(severity, TicketWords.severities, option: "--severity")
    ticket.level = try choice(level, TicketWords.levels, option: "--level")
    (ticket.enterprise, ticket.project) = (enterprise, project)
    if !contactName.isEmpty || !contactPhone.isEmpty {
      ticket.contact = Ledger.Contact(name: contactName, phone: contactPhone)
    }
    let request = Ledger.SubmitTicketRequest(
      ticket: ticket, requestId: newRequestID(),
      validateOnly: dryRun)
    try await common.withClient { client in
      let made: Ledger.Ticket = try await client.call(
        "\(TicketCommand.service)/SubmitTicket", request, timeout: common.callTimeout)
      if json { return Terminal.print(try await Catalog(of: client).text(made)) }
      Terminal.print(dryRun ? say("可以登记（没有登记）：", "May be registered (was not):") : say("已登记：", "Registered:"))
      Terminal.print(Terminal.harmless(TicketText.lines(made).joined(separator: "\n")))
    }
  }
}
