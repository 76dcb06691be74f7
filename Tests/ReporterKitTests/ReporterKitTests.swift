import Glibc
import GuobanMessages
import GuobanModel
import ReporterKit
import Testing

@Suite struct ParametersTests {
  @Test func aMonthOutsideTheYearIsRefusedInWords() {
    #expect {
      try Parameters(["month": "13"]).integer("month", in: 1...12)
    } throws: {
      ($0 as? ReportFailure)?.message == "参数 month 必须是 1…12 之间的整数，现在是 13"
    }
  }

  @Test func emptyIsAbsent() throws {
    #expect(try Parameters(["month": ""]).optionalInteger("month", in: 1...12) == nil)
    #expect(throws: ReportFailure.self) { try Parameters([:]).text("region") }
  }

  @Test func choicesIgnoreCase() throws {
    #expect(try Parameters(["tie_rule": "dense"]).choice("tie_rule", default: TieRule.standard) == .dense)
    #expect(throws: ReportFailure.self) {
      try Parameters(["tie_rule": "x"]).choice("tie_rule", default: TieRule.standard)
    }
  }

  @Test func aLiteralCannotEndItsQuotes() {
    #expect(DataQuery.quoted(#"a" OR "\"#) == #""a\" OR \"\\""#)
  }
}

@Suite struct PlanSumsTests {
  @Test func curvesAndEvenPlansAddUpExactly() throws {
    var sums = PlanSums()
    try sums.addPlan(projects: 1, plan: 100, curve: [0, 0, 0, 0, 0, 100, 100, 100, 100, 100, 100, 100])
    try sums.addPlan(projects: 2, plan: 100, curve: nil)
    #expect(try sums.schedule().share(month: 5) == Fraction(5, over: 24))
    #expect(try sums.schedule().share(month: 6) == Fraction(3, over: 4))
    #expect(sums.doneIfReported == nil)
    #expect(sums.unreported == 3)
  }

  @Test func sumsThatLeave64BitsAreRefusedNotTrapped() {
    var sums = PlanSums()
    #expect(throws: RuleViolation.self) { try sums.addPlan(projects: 1, plan: .max, curve: nil) }
  }
}

@Suite struct ServeTests {
  private struct Echo: Reporter {
    static let id = "echo"
    static let version = "1"

    func describe(_ parameters: Parameters) throws -> [DataQuery] {
      if parameters.optionalText("fail") != nil { throw ReportFailure("NO", "不行") }
      return [DataQuery("q", from: "Region", groupBy: ["key"])]
    }

    func run(_ context: RunContext) throws -> Report {
      let more = try context.fetch(DataQuery("more", from: "Region", groupBy: ["key"]))
      let texts = try [context.frame("q").text("key", 0), more.text("key", 0), "\(context.today)"]
      return Report(title: texts.joined(separator: " "), methodVersion: "1")
    }
  }

  @Test func oneRunGoesByTheProtocol() throws {
    let columns = { (query: String, key: String) in
      Reporting.HostMessage.Body.columns(
        Reporting.Columns(query: query, columns: [Reporting.Column(name: "key", texts: [key], isText: true)]))
    }
    let answers = try converse([
      .hello(Reporting.Hello(protocolMajor: 1)), .describe(Reporting.Describe()),
      .run(Reporting.Run(today: "2023-11-21")), columns("q", "a"), .dataEnd(Reporting.DataEnd()), columns("more", "b"),
      .dataEnd(Reporting.DataEnd()),
    ])
    #expect(answers.status == 0)
    #expect(answers.messages.count == 5)
    guard case .result(let report)? = answers.messages[3] else { throw ReportFailure("TEST", "no result") }
    #expect(report.title == "a b 2023-11-21")
    #expect(answers.messages[4] == .done(Reporting.Done()))
  }

  @Test func aFailureOfDescribeEndsTheRun() throws {
    let answers = try converse([
      .hello(Reporting.Hello(protocolMajor: 1)), .describe(Reporting.Describe(parameters: ["fail": "1"])),
    ])
    #expect(answers.status == 0)
    #expect(answers.messages[1] == .failure(Reporting.Failure(reason: "NO", message: "不行")))
  }

  @Test func anotherProtocolMajorIsRefused() throws {
    #expect(try converse([.hello(Reporting.Hello(protocolMajor: 2))]).status != 0)
  }

  /// Writes all messages, serves, and reads all answers: pipes hold that much.
  private func converse(
    _ messages: [Reporting.HostMessage.Body]
  ) throws -> (status: Int32, messages: [Reporting.ReporterMessage.Body?]) {
    var toReporter: [Int32] = [0, 0]
    var fromReporter: [Int32] = [0, 0]
    #expect(pipe(&toReporter) == 0 && pipe(&fromReporter) == 0)
    for message in messages {
      let bytes = Reporting.HostMessage(body: message).packed()
      let framed = (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
      #expect(write(toReporter[1], framed, framed.count) == framed.count)
    }
    close(toReporter[1])
    let status = serve(Echo(), in: toReporter[0], out: fromReporter[1])
    close(fromReporter[1])
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(fromReporter[0], &bytes, bytes.count)
    close(toReporter[0])
    close(fromReporter[0])
    var rest = bytes.prefix(max(count, 0))
    var answers: [Reporting.ReporterMessage.Body?] = []
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      answers.append(try Reporting.ReporterMessage(packed: Array(rest.prefix(length)), limits: .standard).body)
      rest = rest.dropFirst(length)
    }
    return (status, answers)
  }
}
