internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct AssignmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assignment", abstract: say("谁包联谁：交接与覆盖率。", "Who helps whom: handing over, and coverage."),
    discussion: say(
      "例：guobanctl assignment coverage --role 服务管家 --scale 规上\n    guobanctl assignment hand-over A-1 --to O-7 --new A-2 --date 2023-07-01 --reason 调岗",
      "Examples: guobanctl assignment coverage --role service-steward --scale above\n"
        + "          guobanctl assignment hand-over A-1 --to O-7 --new A-2 --date 2023-07-01 --reason moved"),
    subcommands: [AssignmentCoverageCommand.self, AssignmentHandOverCommand.self])

  static let roles: KeyValuePairs<String, Ledger.AssignmentRole> = [
    "服务管家": .serviceSteward, "首席服务员": .chiefService, "驻企联络员": .residentLiaison, "联企业帮扶员": .enterpriseHelper,
    "健康监督员": .healthSupervisor, "安全监督员": .safetySupervisor, "包联领导": .leader, "专班": .taskforce, "督查小组": .inspector,
  ]
  static let scales: KeyValuePairs<String, Ledger.EnterpriseScale> = ["规上": .above, "规下": .below]
}

struct AssignmentCoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: say("各区划有多少企业今天有人包联：覆盖率。", "How many enterprises of each region have somebody today."),
    discussion: say(
      "例：guobanctl assignment coverage --role 服务管家 --region 410900",
      "Example: guobanctl assignment coverage --role service-steward --region 410900"))

  @Option(
    help: ArgumentHelp(
      say(
        "服务管家、首席服务员、驻企联络员、联企业帮扶员、健康监督员、安全监督员、包联领导、专班、督查小组",
        "service-steward, chief-service, resident-liaison, enterprise-helper, health-supervisor, safety-supervisor, "
          + "leader, taskforce, inspector"), valueName: "role"))
  var role: String

  @Option(help: ArgumentHelp(say("只算规上或规下企业", "Only enterprises above or below the scale"), valueName: "scale"))
  var scale: String?

  @Option(help: ArgumentHelp(say("只算这个区划及其下级", "Only this region and what is below"), valueName: "code"))
  var region = ""

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.CoverageFiguresResponse = try await common.call(
      "/guoban.v1.AssignmentService/CoverageFigures",
      Ledger.CoverageFiguresRequest(
        role: try choice(role, AssignmentCommand.roles, option: "--role"),
        scale: try scale.map { try choice($0, AssignmentCommand.scales, option: "--scale") } ?? .unspecified,
        region: region))
    var table = TextTable([.left, .right, .right, .right])
    table.add([
      say("区划", "REGION"), say("已覆盖", "COVERED"), say("企业", "ENTERPRISES"), say("覆盖率", "COVERAGE"),
    ])
    for row in answer.rows + (answer.total.map { [$0] } ?? []) {
      table.add([
        row.region.isEmpty ? say("全部", "all") : row.region, "\(row.covered)", "\(row.enterprises)", rateText(row.rate),
      ])
    }
    Terminal.print(table.lines.joined(separator: "\n"))
  }
}

struct AssignmentHandOverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hand-over",
    abstract: say("换人：一条包联结束，下一条开始，一次写入。", "One assignment ends and the next begins, in one write."),
    discussion: say(
      "例：guobanctl assignment hand-over A-1 --to O-7 --new A-2 --date 2023-07-01 --reason 调岗",
      "Example: guobanctl assignment hand-over A-1 --to O-7 --new A-2 --date 2023-07-01 --reason moved"))

  @Argument(help: ArgumentHelp(say("结束的那一条包联", "The assignment that ends"), valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp(say("接手的人（干部编号）", "Who takes over: an officer's id"), valueName: "officer"))
  var to: String

  @Option(help: ArgumentHelp(say("新一条包联的编号", "The id of the assignment that begins"), valueName: "id"))
  var new: String

  @Option(help: ArgumentHelp(say("接手的第一天", "The first day of who takes over"), valueName: "date"))
  var date: String

  @Option(help: ArgumentHelp(say("为什么换人", "Why"), valueName: "text"))
  var reason: String

  @Option(help: ArgumentHelp(say("只在原包联仍是这个版本时交接", "Only if the old one still is this version"), valueName: "etag"))
  var etag = ""

  @Flag(help: ArgumentHelp(say("只检查，不交接", "Check only; change nothing")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.HandOverAssignmentResponse = try await common.call(
      "/guoban.v1.AssignmentService/HandOverAssignment",
      Ledger.HandOverAssignmentRequest(
        key: id, newId: new, officer: to, date: date, reason: reason, requestId: newRequestID(), validateOnly: dryRun,
        etag: etag))
    let (ended, begun) = (answer.ended ?? .init(), answer.begun ?? .init())
    Terminal.print(
      Terminal.harmless(
        say(
          "\(dryRun ? "可以交接（没有记录）：" : "已交接：")\(ended.id) 到 \(ended.until) 止（\(ended.officer)），"
            + "\(begun.id) 从 \(begun.since) 起（\(begun.officer)）",
          "\(dryRun ? "Possible (not done): " : "Handed over: ")\(ended.id) ends on \(ended.until) (\(ended.officer)), "
            + "\(begun.id) begins on \(begun.since) (\(begun.officer))")))
  }
}
