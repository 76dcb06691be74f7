internal import ArgumentParser
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

struct PassBatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: say("按一张表批量签发；默认全部成功或一张也不签。", "Issue the passes of a sheet; all of them or none by default."),
    discussion: say(
      """
      例：guobanctl pass batch passes.csv --division 430500
      表头：种类、车牌号、号牌颜色、统一社会信用代码、货物、载重(吨)、起点区划、终点区划、通行条件、有效期起、有效期止、持证人、联系电话、身份证号、发证机关。
      --each：能签的先签，不能签的（包括填写有误的行）说明原因。
      """,
      """
      Example: guobanctl pass batch passes.csv --division 430500
      Heads: kind, plate, plate_color, enterprise, goods, load_kg, origin, destination, conditions, valid_from, valid_until, …
      --each issues what can be issued and says what is wrong with the rest.
      """))

  @Argument(help: ArgumentHelp(say("表格文件（.csv、.xlsx 或 .jsonl）", "The sheet: .csv, .xlsx or .jsonl"), valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp(say("表里没写发证机关的，用这个 6 位区划代码", "The division of rows that name none"), valueName: "code"))
  var division = ""

  @Flag(help: ArgumentHelp(say("逐张办理，互不影响", "Each for itself")))
  var each = false

  @Flag(help: ArgumentHelp(say("只检查，不签发", "Check only; issue nothing")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let limits = ImportLimits.standard
    guard let format = FileFormat(fileName: file) else {
      throw Failure.input(
        say("文件 \(file) 应是 .csv、.xlsx 或 .jsonl。", "\(file) should end in .csv, .xlsx or .jsonl."))
    }
    var stream = ImportTable.passRequests.open(ImportSource(path: file, name: file, format: format), limits: limits)
    let sheet = stream.part(recordsMax: .max, bytesMax: .max)
    guard each && !sheet.records.isEmpty || sheet.problems.isEmpty else { throw refusal(sheet.problems) }
    for problem in sheet.problems.kept { Terminal.complain("  " + problem.text) }
    var request = Ledger.BatchIssuePassesRequest(
      eachForItself: each, requestId: newRequestID(), validateOnly: dryRun)
    do {
      request.requests = try sheet.records.map { try Ledger.IssuePassRequest(packed: $0.bytes, limits: .standard) }
    } catch {
      throw Failure.input("\(error)")
    }
    for index in request.requests.indices where request.requests[index].division.isEmpty {
      request.requests[index].division = division
    }
    let asked = request
    let answer = try await common.withClient { client in
      do throws(Status) {
        return try await client.call(
          "/guoban.v1.PassService/BatchIssuePasses", asked, as: Ledger.BatchIssuePassesResponse.self,
          timeout: common.callTimeout)
      } catch {
        var problems = ImportProblems(keptMax: limits.problemsMax)
        for violation in error.violations(limits: .standard) { problems.append(sheet.problem(violation)) }
        throw problems.isEmpty ? error : refusal(problems)
      }
    }
    show(answer, of: sheet)
    if answer.refused > 0 || !sheet.problems.isEmpty { throw ExitCode(1) }
  }

  private func refusal(_ problems: ImportProblems) -> any Error {
    for problem in problems.kept { Terminal.complain("  " + problem.text) }
    return Failure.refused(
      say("失败：\(problems.count) 处有误，一张也没有签发", "\(problems.count) problems; nothing was issued"))
  }

  private func show(_ answer: Ledger.BatchIssuePassesResponse, of sheet: ImportedFile) {
    for (record, result) in zip(sheet.records, answer.results) {
      if let pass = result.pass {
        let old = result.replaced.isEmpty ? "" : say("，旧证 \(result.replaced.joined(separator: "、")) 作废", "")
        Terminal.print(
          Terminal.harmless("\(record.line)\t\(pass.number)\t\(pass.plate)\t\(pass.validUntil)\(old)"))
      } else {
        Terminal.complain(
          Terminal.harmless(
            say(
              "第 \(record.line) 行：\(result.message)",
              "line \(record.line): \(result.localizedMessage.english(orElse: result.message))")))
      }
    }
    Terminal.complain(
      dryRun
        ? say(
          "可以签发 \(answer.issued) 张，不能 \(answer.refused) 张（没有签发）",
          "\(answer.issued) may be issued, \(answer.refused) may not")
        : say("签发 \(answer.issued) 张，未签 \(answer.refused) 张", "\(answer.issued) issued, \(answer.refused) refused"))
  }
}
