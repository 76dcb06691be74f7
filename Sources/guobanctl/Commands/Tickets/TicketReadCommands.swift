internal import ArgumentParser
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanWire

struct TicketShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: say("看一个问题和它的全部办理过程。", "Show a ticket and all that became of it."),
    discussion: say(
      "例：guobanctl ticket show 410421-2021-000001", "Example: guobanctl ticket show 410421-2021-000001"))

  @Argument(help: ArgumentHelp(say("问题编号", "The ticket's number"), valueName: "number"))
  var number: String

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let ticket: Ledger.Ticket = try await common.call(
      "\(TicketCommand.service)/GetTicket", Ledger.GetRecordRequest(key: number))
    let text = TicketText.lines(ticket).joined(separator: "\n") + "\n\n" + TicketText.history(ticket)
    Terminal.print(Terminal.harmless(text))
  }
}

struct TicketListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出问题。", "List tickets."),
    discussion: say(
      "例：guobanctl ticket list --filter 'region = \"410421\" AND state = \"HANDLING\"'",
      "Example: guobanctl ticket list --filter 'region = \"410421\" AND state = \"HANDLING\"'"))

  @Option(help: ArgumentHelp(say("筛选（AIP-160）", "A filter (AIP-160)"), valueName: "filter"))
  var filter = ""

  @Option(help: ArgumentHelp(say("最多列几个", "How many at most"), valueName: "count"))
  var limit = 1000

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var rows = [
      [
        say("编号", "NUMBER"), say("区划", "REGION"), say("状态", "STATE"), say("层级", "LEVEL"), say("类别", "CATEGORY"),
        say("登记", "REGISTERED"), say("销号", "CLOSED"), say("责任单位", "OWNER"), say("标题", "TITLE"),
      ]
    ]
    rows += try await common.withClient { client in
      var rows: [[String]] = []
      var token = ""
      repeat {
        let page: Ledger.ListTicketsResponse = try await client.call(
          "\(TicketCommand.service)/ListTickets", Ledger.ListRecordsRequest(pageToken: token, filter: filter),
          timeout: common.callTimeout)
        rows += page.tickets.prefix(max(limit - rows.count, 0)).map { ticket in
          [
            ticket.number, ticket.region, TicketText.state(ticket.state), TicketText.level(ticket.level),
            TicketText.word(ticket.category, TicketWords.categories), ticket.registered, ticket.closed, ticket.owner,
            ticket.title,
          ]
        }
        token = page.nextPageToken
      } while !token.isEmpty && rows.count < limit
      return rows
    }
    Terminal.print(alignedColumns(rows))
  }
}

struct TicketDueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "due",
    abstract: say("催办清单：按 13710，哪些问题到期或超期，等哪一步，还有几天。", "What is due or late by the 13710 rule, and for which step."),
    discussion: say(
      """
      例：
        guobanctl ticket due
        guobanctl ticket due --within 3 --as-of 2021-07-01
      最紧急的在前；剩余为负数的已超期。
      """,
      """
      Examples:
        guobanctl ticket due
        guobanctl ticket due --within 3 --as-of 2021-07-01
      The most urgent first; a negative number of days left is late.
      """))

  @Option(help: ArgumentHelp(say("以后几天内到期的也列出", "What falls due in so many days, too"), valueName: "days"))
  var within: Int32 = 0

  @Option(help: ArgumentHelp(say("按哪一天算，不写为今天", "As of which day; today if left out"), valueName: "date"))
  var asOf = ""

  @Option(help: ArgumentHelp(say("筛选（AIP-160）", "A filter (AIP-160)"), valueName: "filter"))
  var filter = ""

  @Flag(help: ArgumentHelp(say("全部未销号的都列出", "All that are open")))
  var all = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let (due, isWorking, day) = try await common.withClient { client in
      var due: [Ledger.DueTicket] = []
      var (token, isWorking, day) = ("", false, "")
      repeat {
        let page: Ledger.ListDueTicketsResponse = try await client.call(
          "\(TicketCommand.service)/ListDueTickets",
          Ledger.ListDueTicketsRequest(
            pageToken: token, filter: filter, asOf: asOf, withinDays: within, all: all),
          timeout: common.callTimeout)
        due += page.tickets
        (token, isWorking, day) = (page.nextPageToken, page.workingDays, page.asOf)
      } while !token.isEmpty
      return (due, isWorking, day)
    }
    let rows = due.sorted { Self.urgency($0) < Self.urgency($1) }.map(Self.row)
    let head = [
      say("编号", "NUMBER"), say("等待", "WAITS FOR"), say("期限", "DUE"), say("剩余", "LEFT"), say("层级", "LEVEL"),
      say("责任单位", "OWNER"), say("标题", "TITLE"),
    ]
    Terminal.print(alignedColumns([head] + rows))
    let late = due.count(where: \.late)
    Terminal.print(
      say(
        "截至 \(day)：\(due.count) 个，其中超期 \(late) 个（按\(isWorking ? "工作日" : "自然日")）",
        "as of \(day): \(due.count), \(late) of them late (in \(isWorking ? "working" : "calendar") days)"))
  }

  private static func urgency(_ due: Ledger.DueTicket) -> (String, String) {
    (due.due.isEmpty ? "9999" : due.due, due.ticket?.number ?? "")
  }

  private static func row(_ due: Ledger.DueTicket) -> [String] {
    let ticket = due.ticket ?? Ledger.Ticket()
    let days = due.due.isEmpty ? "-" : say("\(due.daysLeft) 天", "\(due.daysLeft) d")
    let problem = say(due.problem, due.localizedProblem.english(orElse: due.problem))
    let left = due.problem.isEmpty ? days : (due.late ? say("已超期；", "late; ") : "") + problem
    return [
      ticket.number, TicketText.step(due.step), due.due.isEmpty ? "-" : due.due, left, TicketText.level(ticket.level),
      ticket.owner.isEmpty ? "-" : ticket.owner, ticket.title,
    ]
  }
}

struct TicketFiguresCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures",
    abstract: say("各区划、各层级的受理、解决与化解率、办结率、满意率。", "What each region and level accepted and solved, with exact rates."),
    discussion: say(
      """
      例：
        guobanctl ticket figures
        guobanctl ticket figures --region 410400 --by-region \\
          --filter 'registered >= "2021-01-01"'
      分母不超过 20 时，括号里是 95% 威尔逊区间。
      """,
      """
      Examples:
        guobanctl ticket figures
        guobanctl ticket figures --region 410400 --by-region \\
          --filter 'registered >= "2021-01-01"'
      Where the denominator is at most 20, Wilson's 95% interval stands in brackets.
      """))

  @Option(help: ArgumentHelp(say("只算这个区划及其下级", "Only this region and what is below"), valueName: "code"))
  var region = ""

  @Option(help: ArgumentHelp(say("筛选（AIP-160）", "A filter (AIP-160)"), valueName: "filter"))
  var filter = ""

  @Flag(help: ArgumentHelp(say("各区划分开列", "A row for each region")))
  var byRegion = false

  @Flag(help: ArgumentHelp(say("以 JSON 输出", "Print JSON")))
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let request = Ledger.TicketFiguresRequest(filter: filter, region: region, byRegion: byRegion)
    try await common.withClient { client in
      let answer: Ledger.TicketFiguresResponse = try await client.call(
        "\(TicketCommand.service)/TicketFigures", request, timeout: common.callTimeout)
      if json { return Terminal.print(try await Catalog(of: client).text(answer)) }
      Terminal.print(Terminal.harmless(Self.table(answer).lines.joined(separator: "\n")))
    }
  }

  private static func table(_ answer: Ledger.TicketFiguresResponse) -> TextTable {
    var table = TextTable([
      .left, .left, .right, .right, .right, .right, .right, .right, .right, .right, .right,
    ])
    table.add([
      say("区划", "REGION"), say("层级", "LEVEL"), say("发现", "FOUND"), say("上报", "UP"), say("下沉", "DOWN"),
      say("受理", "ACCEPTED"), say("解决", "SOLVED"), say("办结", "CLOSED"), say("化解率", "SOLVED %"),
      say("办结率", "CLOSED %"), say("满意率", "SATISFIED %"),
    ])
    for row in answer.regions { table.add(cells(row, row.region, levelText(row.level))) }
    for row in answer.levels { table.add(cells(row, say("全部", "all"), levelText(row.level))) }
    if let total = answer.total { table.add(cells(total, say("全部", "all"), say("合计", "total"))) }
    return table
  }

  /// The county's leaders and its 总调度会 are one here.
  private static func levelText(_ level: Ledger.TicketLevel) -> String {
    level == .county ? say("县", "county") : TicketText.level(level)
  }

  private static func cells(_ row: Ledger.TicketFiguresRow, _ region: String, _ level: String) -> [String] {
    [
      region, level, "\(row.found)", "\(row.escalated)", "\(row.handedDown)", "\(row.accepted)", "\(row.solved)",
      "\(row.closed)", rateText(row.resolutionRate), rateText(row.closingRate), rateText(row.satisfactionRate),
    ]
  }
}
