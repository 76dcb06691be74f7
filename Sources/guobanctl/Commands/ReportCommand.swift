internal import ArgumentParser
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: say("报表：列出、批准、运行、查看。", "Reports: list, approve, run, show."),
    discussion: say(
      "例：guobanctl report list\n    guobanctl report run half_year --param year=2023 --param month=6",
      "Examples: guobanctl report list\n          guobanctl report run half_year --param year=2023 --param month=6"),
    subcommands: [
      ReportListCommand.self, ReportRunCommand.self, ReportShowCommand.self, ReportApproveCommand.self,
      ReportCheckCommand.self,
    ])
}

struct ReportListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出报表模块和它们的状态。", "List reporters and their states."),
    discussion: say("例：guobanctl report list", "Example: guobanctl report list"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let all = try await reporters(common)
    var table = TextTable([.left, .left, .left, .left])
    for reporter in all { table.add([reporter.id, stateText(reporter.state), reporter.version, reporter.title]) }
    for (line, reporter) in zip(table.lines, all) {
      Terminal.print(line)
      if !reporter.problem.isEmpty { Terminal.print(Terminal.harmless("  " + problem(of: reporter))) }
    }
  }
}

struct ReportCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: say("看一个或全部报表模块：状态、参数、文件摘要、防护。", "Look at reporters: state, parameters, digest, protections."),
    discussion: say("例：guobanctl report check ranking", "Example: guobanctl report check ranking"))

  @Argument(help: ArgumentHelp(say("模块编号", "The reporter's id"), valueName: "id"))
  var id: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let all = try await reporters(common)
    let chosen = try id.map { [try reporter($0, in: all)] } ?? all
    for reporter in chosen { Terminal.print(Terminal.harmless(text(reporter))) }
    if chosen.contains(where: { $0.state != .approved }) { throw ExitCode(1) }
  }

  private func text(_ reporter: Ledger.ReporterStatus) -> String {
    var lines = ["\(reporter.id) \(reporter.version)  \(reporter.title)", "  " + stateText(reporter.state)]
    if !reporter.description.isEmpty { lines.append("  " + reporter.description) }
    if !reporter.problem.isEmpty { lines.append("  " + problem(of: reporter)) }
    lines.append("  sha256 \(reporter.digest)")
    for parameter in reporter.parameters {
      let fallback = parameter.defaultValue.isEmpty ? "" : say("，默认 ", ", default ") + parameter.defaultValue
      let choices = parameter.choices.isEmpty ? "" : " (\(parameter.choices.joined(separator: "|")))"
      let required = parameter.required ? say("，必需", ", required") : ""
      lines.append("  --param \(parameter.name)=…  \(parameter.title)\(choices)\(fallback)\(required)")
    }
    if !reporter.missingProtections.isEmpty {
      let missing = reporter.missingProtections.joined(separator: say("、", ", "))
      lines.append(say("  注意：这台机器的内核缺少这些防护：", "  Mind: this kernel lacks these protections: ") + missing)
    }
    return lines.joined(separator: "\n")
  }
}

struct ReportApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: say("批准一个报表模块现在的这些文件运行。", "Approve a reporter's files as they are now."),
    discussion: say(
      "例：guobanctl report approve ranking\n先用 report check 看过再批准；文件一变就要重新批准。",
      "Example: guobanctl report approve ranking\nLook first (report check); a changed file needs a new approval."))

  @Argument(help: ArgumentHelp(say("模块编号", "The reporter's id"), valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp(say("只批准这个摘要的文件", "Approve only files with this digest"), valueName: "sha256"))
  var digest: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let found = try reporter(id, in: try await reporters(common))
    let status: Ledger.ReporterStatus = try await common.call(
      "/guoban.v1.ReportService/ApproveReporter",
      Ledger.ApproveReporterRequest(id: found.id, digest: digest ?? found.digest))
    Terminal.print(
      Terminal.harmless("\(status.id) \(stateText(status.state))  sha256 \(status.digest)"))
  }
}

/// All reporters that the daemon knows.
func reporters(_ common: CommonOptions) async throws -> [Ledger.ReporterStatus] {
  let answer: Ledger.ListReportersResponse = try await common.call(
    "/guoban.v1.ReportService/ListReporters", Ledger.ListReportersRequest())
  return answer.reporters
}

private func reporter(_ id: String, in all: [Ledger.ReporterStatus]) throws(Failure) -> Ledger.ReporterStatus {
  if let found = all.first(where: { $0.id == id }) { return found }
  let known = all.map(\.id).joined(separator: say("、", ", "))
  throw .input(Terminal.harmless(say("没有报表模块“\(id)”；有：\(known)", "There is no reporter \(id); there are: \(known)")))
}

private func stateText(_ state: Ledger.ReporterState) -> String {
  switch state {
  case .approved: say("已批准", "approved")
  case .notApproved: say("未批准", "not approved")
  case .changed: say("文件已变", "changed")
  case .broken: say("不可用", "broken")
  case .quarantined: say("已隔离", "quarantined")
  default: state.name
  }
}

/// Why it may not run, in the language of this run.
private func problem(of reporter: Ledger.ReporterStatus) -> String {
  say(reporter.problem, reporter.localizedProblem.english(orElse: reporter.problem))
}
