import GuobanLedger
import GuobanMessages
import GuobanStorage
import Testing

/// What a record does not have is not measured: neither as 0 nor as the first of all days.
struct AbsentValueTests {
  private func ticket(_ number: String, closed: String) -> Ledger.Ticket {
    var ticket = Ledger.Ticket(
      number: number, region: "430500", title: "返岗难", category: .labour, channel: .hotline, severity: .ordinary)
    ticket.registered = "2022-11-01"
    guard !closed.isEmpty else { return ticket }
    (ticket.owner, ticket.assigned) = ("市人社局", "2022-11-01")
    (ticket.method, ticket.result, ticket.outcome) = ("专车接返", "到岗", .solved)
    (ticket.closed, ticket.state) = (closed, .closed)
    return ticket
  }

  @Test func openTicketsTakeNoDaysToClose() throws {
    let ledger = try OpenLedger()
    try ledger.put([
      ticket("T-1", closed: "2022-11-04"), ticket("T-2", closed: "2022-11-09"), ticket("T-3", closed: ""),
      ticket("430500-2022-000007", closed: ""),
    ])
    let measures: [Measure] = [
      .min("days_to_close"), .max("days_to_close"), .sum("days_to_close"), .min("closed"), .max("assigned"),
      .min("sequence"), .countDistinct("series"), .countDistinct("closed"), .count,
    ]
    #expect(
      try ledger.group("Ticket", "", by: [], measures) == [
        [
          .integer(3), .integer(8), .integer(11), .text("2022-11-04"), .text("2022-11-01"), .integer(7), .integer(1),
          .integer(2), .integer(4),
        ]
      ])
    let open = try ledger.group("Ticket", "closed = \"\"", by: ["state"], measures)
    #expect(open.map { $0[1...5] } == [[.null, .null, .null, .null, .null]])
    #expect(try ledger.number("Ticket", "days_to_close = null") == 2)
    #expect(try ledger.number("Ticket", "days_to_close <= 3") == 1)
  }

  @Test func noDayComesBeforeAnother() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      [("P-1", "2023-02-01"), ("P-2", "2023-08-01"), ("P-3", "")].map { code, started in
        Ledger.Project(
          code: "XM-100\(code.suffix(1))", name: "项目", region: "430500", tier: .municipal,
          plans: [Ledger.YearPlan(year: 2023, planFen: 1200, curveFen: code == "P-1" ? (1...12).map { $0 * 100 } : [])],
          milestones: Ledger.Milestones(started: started))
      })
    for (filter, count) in [
      ("milestones_started <= 2023-06-30", 1), ("milestones_started < 2023-07", 1), ("milestones_started < 2024", 2),
      ("milestones_started = \"\"", 1), ("milestones_started >= 2023-08", 1),
      ("NOT milestones_started <= 2023-06-30", 2),
    ] {
      #expect(try ledger.number("Project", filter) == Int64(count), "\(filter)")
    }
    #expect(try ledger.group("Project", "", by: [], [.min("milestones_started")]) == [[.text("2023-02-01")]])
    let curve = try ledger.group("ProjectPlan", "", by: [], [.min("curve_06_fen"), .max("curve_06_fen")])
    #expect(curve == [[.integer(600), .integer(600)]])
  }

  @Test func aCadenceWithoutAWeekdayHasNone() throws {
    let ledger = try OpenLedger()
    try ledger.put(
      Ledger.Programme(
        id: "qz", name: "攻坚", region: "430500", firstDay: "2023-01-01", lastDay: "2023-12-31",
        cadences: [
          Ledger.ProgrammeCadence(activity: "周调度", kind: .weekly, weekday: 2),
          Ledger.ProgrammeCadence(activity: "月通报", kind: .monthly, day: 5),
        ]))
    let days = try ledger.group("ProgrammeCadence", "", by: [], [.min("weekday"), .max("day"), .min("day")])
    #expect(days == [[.integer(2), .integer(5), .integer(5)]])
  }
}
