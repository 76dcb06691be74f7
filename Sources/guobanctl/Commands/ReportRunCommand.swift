internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanRender
internal import GuobanWire

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  case csv
  case json
  case markdown

  func render(_ result: Reporting.Result, toTerminal: Bool) -> String {
    switch self {
    case .table: TerminalTable(usesColour: toTerminal && Terminal.isInteractive).render(result)
    // Excel takes a CSV file for GBK unless it begins with a byte order mark.
    case .csv: CSVTable(hasByteOrderMark: !toTerminal).render(result)
    case .json: JSONReport().render(result)
    case .markdown: MarkdownTable().render(result)
    }
  }
}

/// Where a report goes and what it looks like.
struct ReportOutput: ParsableArguments {
  @Option(help: ArgumentHelp(say("格式", "Format"), valueName: "table|csv|json|markdown"))
  var format = ReportFormat.table

  @Option(help: ArgumentHelp(say("写到文件而不是屏幕；不覆盖已有的", "Write to a new file instead"), valueName: "file"))
  var output: String?

  func show(_ report: Ledger.Report) throws(Failure) {
    let text = format.render(report.result ?? Reporting.Result(), toTerminal: output == nil)
    if let output {
      try writeNewFile(output, Array(text.utf8))
    } else {
      Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
    let id = Terminal.harmless(report.id)
    Terminal.complain(
      say(
        "报表 \(id)，台账修订 \(report.ledgerRevision)，用时 \(report.elapsedMs) 毫秒",
        "Report \(id), ledger revision \(report.ledgerRevision), \(report.elapsedMs) ms"))
    if !report.missingProtections.isEmpty {
      let missing = Terminal.harmless(report.missingProtections.joined(separator: say("、", ", ")))
      Terminal.complain(
        say("注意：运行时缺少这些防护：\(missing)", "Mind: the run lacked these protections: \(missing)"))
    }
  }
}

struct ReportRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: say("运行一个报表并存档。", "Run a report and keep it."),
    discussion: say(
      """
      例：
        guobanctl report run ranking --param year=2023 --param parent=410900
        guobanctl report run half_year --param year=2023 \\
          --param month=6 --format csv --output 双过半.csv
      参数见 guobanctl report check ID。
      """,
      """
      Examples:
        guobanctl report run ranking --param year=2023 --param parent=410900
        guobanctl report run half_year --param year=2023 \\
          --param month=6 --format csv --output half.csv
      Parameters: guobanctl report check ID.
      """))

  @Argument(help: ArgumentHelp(say("模块编号", "The reporter's id"), valueName: "id"))
  var id: String

  @Option(
    name: .customLong("param"), help: ArgumentHelp(say("参数，可写几次", "A parameter, repeatable"), valueName: "name=value"))
  var parameters: [String] = []

  @OptionGroup var output: ReportOutput
  @OptionGroup var common: CommonOptions

  func run() async throws {
    var values: [String: String] = [:]
    for parameter in parameters {
      guard let mark = parameter.firstIndex(of: "="), mark > parameter.startIndex else {
        throw Failure.input(say("--param 应写作 名=值，不是“\(parameter)”。", "--param must be name=value, not \(parameter)."))
      }
      let name = String(parameter[..<mark])
      guard values.updateValue(String(parameter[parameter.index(after: mark)...]), forKey: name) == nil else {
        throw Failure.input(say("参数 \(name) 写了两次。", "Parameter \(name) is given twice."))
      }
    }
    let request = Ledger.RunReportRequest(
      reporter: id, parameters: values,
      requestId: newRequestID())
    let report: Ledger.Report = try await common.call("/guoban.v1.ReportService/RunReport", request)
    try output.show(report)
  }
}

struct ReportShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: say("再看一次做过的报表；不写编号则列出全部。", "Show a report again; without an id, list them."),
    discussion: say(
      "例：guobanctl report show half_year-20231121T014233Z-42 --format markdown",
      "Example: guobanctl report show half_year-20231121T014233Z-42"))

  @Argument(help: ArgumentHelp(say("报表编号", "The report's id"), valueName: "report-id"))
  var id: String?

  @OptionGroup var output: ReportOutput
  @OptionGroup var common: CommonOptions

  func run() async throws {
    if let id {
      return try output.show(
        try await common.call("/guoban.v1.ReportService/GetReport", Ledger.GetRecordRequest(key: id)))
    }
    try await common.withClient { client in
      var token = ""
      repeat {
        let page: Ledger.ListReportsResponse = try await client.call(
          "/guoban.v1.ReportService/ListReports", Ledger.ListRecordsRequest(pageToken: token),
          timeout: common.callTimeout)
        for report in page.reports {
          let parameters = report.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          Terminal.print(
            Terminal.harmless("\(report.id)  \(report.result?.title ?? "")  \(parameters.joined(separator: " "))"))
        }
        token = page.nextPageToken
      } while !token.isEmpty
    }
  }
}
