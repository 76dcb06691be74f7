internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanModel

struct ProjectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project", abstract: say("项目的阶段与三个一批。", "Stages of projects, and the 三个一批 lists."),
    discussion: say(
      "例：guobanctl project advance 2302-410928-04-01-123456 --stage 投产\n    guobanctl project batches --by-region",
      "Examples: guobanctl project advance 2302-410928-04-01-123456 --stage in-production\n"
        + "          guobanctl project batches --by-region"),
    subcommands: [ProjectAdvanceCommand.self, ProjectBatchesCommand.self])

  static let stages: KeyValuePairs<String, Ledger.ProjectStage> = [
    "签约": .signed, "开工": .started, "入统": .inStatistics, "投产": .inProduction, "达效": .atCapacity, "竣工": .completed,
  ]
}

struct ProjectAdvanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advance", abstract: say("记录项目到了哪个阶段；三个一批随之更新。", "Record that a project has reached a stage."),
    discussion: say(
      "例：guobanctl project advance P-1 --stage 达效 --date 2023-03-31 --recognised 2023-04-20",
      "Example: guobanctl project advance P-1 --stage at-capacity --date 2023-03-31 --recognised 2023-04-20"))

  @Argument(help: ArgumentHelp(say("项目代码", "The project's code"), valueName: "code"))
  var code: String

  @Option(
    help: ArgumentHelp(
      say("签约、开工、入统、投产、达效、竣工", "signed, started, in-statistics, in-production, at-capacity, completed")))
  var stage: String

  @Option(help: ArgumentHelp(say("到达的日期，不写为今天", "The day; today if left out"), valueName: "date"))
  var date = ""

  @Option(
    help: ArgumentHelp(
      say("达效经省认定的日期：项目由此调出三个一批", "The day that the province recognised it, so that it leaves the lists"),
      valueName: "date"))
  var recognised = ""

  @Option(help: ArgumentHelp(say("只在项目仍是这个版本时记录", "Only if the project still is this version"), valueName: "etag"))
  var etag = ""

  @Flag(help: ArgumentHelp(say("只检查，不记录", "Check only; change nothing")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let request = Ledger.AdvanceProjectRequest(
      code: code, etag: etag, requestId: newRequestID(),
      validateOnly: dryRun, stage: try choice(stage, ProjectCommand.stages, option: "--stage"), date: date,
      recognised: recognised)
    let answer: Ledger.AdvanceProjectResponse = try await common.call(
      "/guoban.v1.ProjectService/AdvanceProject", request)
    let word = ProjectCommand.stages.first { $0.value == answer.project?.stage }?.key ?? ""
    Terminal.print(
      Terminal.harmless(
        say(
          "\(dryRun ? "可以记录（没有记录）：" : "已记录：")\(code) \(answer.project?.name ?? "")，现在是“\(word)”",
          "\(dryRun ? "Possible (not done): " : "Recorded: ")\(code) is now \(answer.project?.stage.name ?? "")")))
    for key in answer.batchEntries {
      Terminal.print(Terminal.harmless(say("  三个一批 \(key) 随之更新", "  list entry \(key) follows")))
    }
  }
}

struct ProjectBatchesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batches", abstract: say("三个一批各列表与三率。", "The 三个一批 lists and their three rates."),
    discussion: say(
      "例：guobanctl project batches --region 410900 --by-region --as-of 2023-03-31",
      "Example: guobanctl project batches --region 410900 --by-region --as-of 2023-03-31"))

  @Option(help: ArgumentHelp(say("只算这个区划及其下级", "Only this region and what is below"), valueName: "code"))
  var region = ""

  @Option(help: ArgumentHelp(say("筛选（AIP-160）", "A filter (AIP-160)"), valueName: "filter"))
  var filter = ""

  @Option(help: ArgumentHelp(say("按哪一天算，不写为今天", "As of which day; today if left out"), valueName: "date"))
  var asOf = ""

  @Flag(help: ArgumentHelp(say("各区划分开列", "A row for each region")))
  var byRegion = false

  @Flag(help: ArgumentHelp(say("各期分开列", "A row for each period")))
  var byPeriod = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.BatchFiguresResponse = try await common.call(
      "/guoban.v1.BatchEntryService/BatchFigures",
      Ledger.BatchFiguresRequest(
        filter: filter, region: region, byRegion: byRegion, byPeriod: byPeriod, asOf: asOf))
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right, .right, .right])
    table.add([
      say("区划", "REGION"), say("期次", "PERIOD"), say("批次", "LIST"), say("入批", "ENTERED"), say("调出", "LEFT"),
      say("在库", "LISTED"), say("已转段", "REACHED"), say("总投资(亿元)", "INVESTMENT (100 M yuan)"), say("比率", "RATE"),
    ])
    let all = say("全部", "all")
    for row in answer.rows + answer.totals {
      table.add([
        row.region.isEmpty ? all : row.region, row.period.isEmpty ? all : row.period, Self.name(row.batch),
        "\(row.entered)", "\(row.left)", "\(row.listed)", "\(row.reached)",
        Fraction(row.investmentFen).text(DecimalStyle(decimals: 2), dividedBy: MoneyUnit.yiYuan.fenPerUnit),
        rateText(row.rate),
      ])
    }
    Terminal.print(table.lines.joined(separator: "\n"))
  }

  private static func name(_ batch: Ledger.BatchKind) -> String {
    switch batch {
    case .signing: say("签约一批", "signing")
    case .starting: say("开工一批", "starting")
    case .production: say("投产一批", "production")
    default: batch.name
    }
  }
}
