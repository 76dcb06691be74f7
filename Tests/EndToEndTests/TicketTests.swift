import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Tickets as a clerk handles them: the daemon, `guobanctl`, and what it prints.
struct TicketTests {
  @Test func s025_aClerkKeepsTicketsAtTheTerminal() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpEnabled=false", "tickets.days=working"])
    let client = try await daemon.connect()
    try await Calls(client).createRegion("410223", "尉氏县")
    let data = ["--data-dir", daemon.dataDirectory]
    func run(_ arguments: String...) async throws -> String { try await place.run("guobanctl", arguments + data) }

    let made = try await run(
      "ticket", "submit", "--region", "410223", "--title", "员工返岗难", "--category", "用工", "--channel", "110",
      "--contact-name", "张三丰", "--contact-phone", "13812341234")
    let number = try #require(
      made.split(whereSeparator: \.isWhitespace).map(String.init).first { $0.hasPrefix("410223-") })
    #expect(made.contains("已登记") && made.contains("登记  县级领导") && made.contains("用工 110 一般"))
    // Working days are not guessed without holidays; every day of this test's clock may be one.
    #expect(try await run("ticket", "due").contains("节假日安排"))
    #expect(try await run("ticket", "assign", number, "--owner", "县人社局", "--supervisor", "县督查室").contains("县督查室"))
    #expect(try await run("ticket", "feedback", number, "--note", "已对接劳务公司").contains("办理中"))
    let closing = try await run(
      "ticket", "close", number, "--outcome", "已解决", "--method", "专车接返", "--result", "到岗 41 人")
    #expect(closing.contains("待销号"))
    let shown = try await run("ticket", "show", number)
    for text in ["日期", "申请销号", "已对接劳务公司", "到岗 41 人", "联系人", "张** 138****1234"] {
      #expect(shown.contains(text), "\(shown)")
    }
    let english = try await run("ticket", "show", number, "--lang", "en")
    #expect(english.contains("request closure") && english.contains("pending-closure") && !english.contains("申请销号"))
    let figures = try await run("ticket", "figures", "--by-region")
    #expect(figures.contains("化解率") && figures.contains("0/1 0.00%"))
    #expect(try await run("ticket", "list", "--filter", "state = \"PENDING_CLOSURE\"").contains(number))
    #expect(try await run("ticket", "--help").contains("guobanctl ticket due"))

    // Whoever handled it cannot approve it: the terminal says who may.
    let own = try await refusal {
      let _: Ledger.Ticket = try await client.call(
        "/guoban.v1.TicketService/ApproveClosure", Ledger.ApproveClosureRequest(number: number))
    }
    #expect(own.code == .permissionDenied && own.message.contains("未经办过的人"))
    try await daemon.stop()
  }
}
