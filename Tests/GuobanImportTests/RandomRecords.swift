import GuobanMessages
import GuobanModel
import GuobanTestSupport

/// Records of every type that a sheet can hold: any text, amount, date and choice, and many defaults among them.
struct RandomRecords {
  var random: SeededGenerator

  init(_ name: String) { random = SeededGenerator(name) }

  mutating func records(_ type: String, _ count: Int) -> [[UInt8]] {
    (0..<count).map { index in
      switch type {
      case "Region": region(index).packed()
      case "Enterprise": enterprise(index).packed()
      case "Project": project(index).packed()
      case "ProjectProgress": progress(index).packed()
      case "BatchEntry": batchEntry(index).packed()
      case "Indicator": indicator(index).packed()
      case "Target": target(index).packed()
      case "Observation": observation(index).packed()
      case "Holiday": holiday(index).packed()
      case "Ticket": ticket(index).packed()
      case "Pass": pass(index).packed()
      case "PassTrip": trip(index).packed()
      case "Officer": officer(index).packed()
      case "Assignment": assignment(index).packed()
      case "Activity": activity(index).packed()
      case "Programme": programme(index).packed()
      case "Register": register(index).packed()
      default: []
      }
    }
  }

  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  /// Not empty, without white space around it, on one line.
  mutating func name(_ max: Int = 12) -> String {
    let alphabet = Array("企业县中㐂𠮷abZ09 ,\"'=+-@、；;\\&<>_x000D_（）—é\u{301}👨‍👩‍👧")
    let middle = (0..<Int.random(in: 0...max, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a"
    }
    let edge = Array("甲=-'\"+@乙")
    return String([edge.randomElement(using: &random) ?? "甲"] + middle + ["丁"])
  }

  mutating func text() -> String { oneIn(2) ? "" : oneIn(3) ? name() + "\n" + name() + "\r\n" + name() : name(40) }
  mutating func some(_ text: String) -> String { oneIn(3) ? "" : text }
  mutating func names() -> [String] { (0..<Int.random(in: 0...3, using: &random)).map { _ in name() } }

  mutating func labels() -> [String: String] {
    Dictionary(
      (0..<Int.random(in: 0...2, using: &random)).map { _ in (name(4), oneIn(4) ? "" : name()) },
      uniquingKeysWith: { first, _ in first })
  }

  mutating func date() -> String {
    oneIn(20) ? "1900-01-31" : CivilDateText.random(&random)
  }

  mutating func amount() -> Int64 {
    oneIn(4) ? 0 : Int64.random(in: 0...(oneIn(2) ? 1_000_000 : 1_000_000_000_000_000), using: &random)
  }

  mutating func region() -> String { oneIn(5) ? "PY-SFQ" : String(410_100 + Int.random(in: 1...80, using: &random)) }

  mutating func uscc(_ index: Int) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    var digits = String(index, radix: 10)
    digits = "91410421MA" + String(repeating: "0", count: 7 - digits.count) + digits
    var sum = 0
    var weight = 1
    for character in digits {
      sum += (alphabet.firstIndex(of: character) ?? 0) * weight
      weight = weight * 3 % 31
    }
    return digits + String(alphabet[(31 - sum % 31) % 31])
  }

  mutating func choice<Value: OpenEnum>(_: Value.Type, optional: Bool = false) -> Value {
    if optional, oneIn(3) { return Value(rawValue: 0) }
    return Value.allCases.filter { $0.rawValue != 0 }.randomElement(using: &random) ?? Value(rawValue: 1)
  }

  mutating func int(_ max: Int32) -> Int32 { oneIn(4) ? 0 : Int32.random(in: 0...max, using: &random) }

  mutating func region(_ index: Int) -> Ledger.Region {
    Ledger.Region(
      code: String(410_101 + index % 99 + index / 99 * 100), labels: labels(), tags: names(), name: name(),
      shortName: some(name()), kind: choice(Ledger.RegionKind.self), parent: some("410000"), rankGroup: some(name()),
      validFrom: some(date()), validUntil: some(date()), displayOrder: int(1000))
  }

  mutating func enterprise(_ index: Int) -> Ledger.Enterprise {
    Ledger.Enterprise(
      uscc: uscc(index), labels: labels(), tags: names(), name: name(), region: region(), industry: some("C2614"),
      scale: choice(Ledger.EnterpriseScale.self, optional: true),
      status: choice(Ledger.EnterpriseStatus.self, optional: true), headcount: int(.max), onDuty: int(500),
      qualifications: names(), whiteLists: names())
  }

  mutating func project(_ index: Int) -> Ledger.Project {
    var project = Ledger.Project(
      code: "本地-\(index)", labels: labels(), tags: names(), name: name(), region: region(),
      tier: choice(Ledger.ProjectTier.self), kind: choice(Ledger.ProjectKind.self, optional: true),
      sector: some(name()),
      totalInvestmentFen: amount(), stage: choice(Ledger.ProjectStage.self, optional: true),
      responsibleUnit: some(name()), leader: some(name()), plannedCompletion: some(date()), supervised: oneIn(2),
      enterprise: some(uscc(index)))
    if oneIn(2) {
      project.milestones = Ledger.Milestones(signed: date(), started: some(date()), completed: some(date()))
    }
    if oneIn(3) {
      project.corrections = [
        Ledger.StageCorrection(
          oldStage: choice(Ledger.ProjectStage.self, optional: true),
          oldMilestones: oneIn(2) ? Ledger.Milestones(signed: date()) : nil, reason: name(),
          time: Google.Timestamp(seconds: 1_700_000_000), actor: name())
      ]
    }
    for year in [2021, 2022, 2023] where oneIn(2) {
      let curve = oneIn(2) ? (0..<12).map { _ in amount() } : []
      project.plans.append(Ledger.YearPlan(year: Int32(year), planFen: amount(), curveFen: curve))
    }
    return project
  }

  mutating func progress(_ index: Int) -> Ledger.ProjectProgress {
    Ledger.ProjectProgress(
      project: "本地-\(index)", labels: labels(), tags: names(), month: "2023-0\(1 + index % 9)", completedFen: amount(),
      fundsInPlaceFen: amount(), physicalPermille: int(1000), note: text())
  }

  mutating func batchEntry(_ index: Int) -> Ledger.BatchEntry {
    Ledger.BatchEntry(
      project: "本地-\(index)", labels: labels(), tags: names(), period: "2023-08", batch: choice(Ledger.BatchKind.self),
      nextStage: some(date()), left: some(date()))
  }

  mutating func indicator(_ index: Int) -> Ledger.Indicator {
    Ledger.Indicator(
      code: "GDP_\(index)", labels: labels(), tags: names(), name: name(), unit: name(3),
      nature: choice(Ledger.IndicatorNature.self), better: choice(Ledger.BetterWhen.self, optional: true))
  }

  mutating func target(_ index: Int) -> Ledger.Target {
    let finality = choice(Ledger.Finality.self, optional: true)
    return Ledger.Target(
      indicator: "GDP_\(index)", labels: labels(), tags: names(), region: region(), year: 2023,
      valueE6: Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random), finality: finality,
      corrections: corrections(finality))
  }

  private mutating func corrections(_ finality: Ledger.Finality) -> [Ledger.FigureCorrection] {
    guard finality == .final else { return [] }
    return (0..<Int.random(in: 0...2, using: &random)).map { number in
      Ledger.FigureCorrection(
        oldValueE6: Int64.random(in: .min...(.max), using: &random), reason: name(),
        time: Google.Timestamp(seconds: 1_700_000_000 + Int64(number)), actor: name())
    }
  }

  mutating func observation(_ index: Int) -> Ledger.Observation {
    let finality = choice(Ledger.Finality.self, optional: true)
    return Ledger.Observation(
      indicator: "GDP_\(index)", labels: labels(), tags: names(), region: region(),
      period: ["2023", "2023-H1", "2023-Q3", "2023-11"].randomElement(using: &random) ?? "2023",
      valueE6: oneIn(9) ? 0 : Int64.random(in: .min...(.max), using: &random),
      finality: finality, source: some(name()), corrections: corrections(finality))
  }

  mutating func holiday(_ index: Int) -> Ledger.Holiday {
    Ledger.Holiday(
      date: CivilDateText.day(index), labels: labels(), tags: names(), name: some(name()),
      kind: choice(Ledger.HolidayKind.self), year: 2023)
  }

  mutating func ticket(_ index: Int) -> Ledger.Ticket {
    var ticket = Ledger.Ticket(
      number: "410421-2021-\(index)", labels: labels(), tags: names(), region: region(), title: name(),
      description: text(), category: choice(Ledger.TicketCategory.self), channel: choice(Ledger.TicketChannel.self),
      severity: choice(Ledger.TicketSeverity.self), enterprise: some(uscc(index)), project: some(name()),
      contact: oneIn(2) ? nil : Ledger.Contact(name: name(), phone: "13800001234"),
      state: choice(Ledger.TicketState.self, optional: true), level: choice(Ledger.TicketLevel.self, optional: true),
      originLevel: choice(Ledger.TicketLevel.self, optional: true), owner: some(name()), supervisor: some(name()),
      method: text(), result: text(), outcome: choice(Ledger.TicketOutcome.self, optional: true),
      satisfaction: choice(Ledger.TicketSatisfaction.self, optional: true), timetable: some(date()),
      exemptReason: some(name()), registered: date(), escalated: some(date()), assigned: some(date()),
      firstFeedback: some(date()), closureRequested: some(date()), closed: some(date()))
    if oneIn(2) {
      ticket.events = (0..<3).map { _ in
        Ledger.TicketEvent(
          action: choice(Ledger.TicketAction.self), date: date(), actor: some(name()),
          state: choice(Ledger.TicketState.self), note: text(), owner: name())
      }
    }
    return ticket
  }

  mutating func pass(_ index: Int) -> Ledger.Pass {
    Ledger.Pass(
      number: "410928" + String(String(1_000_001 + index).dropFirst()), labels: labels(),
      tags: names(), kind: choice(Ledger.PassKind.self), plate: "豫J12345",
      plateColor: choice(Ledger.PlateColor.self, optional: true), enterprise: some(uscc(index)), goods: name(),
      loadKg: Int64(int(100_000)), origin: region(), destination: region(),
      conditions: oneIn(2) ? [] : [.escort, .driverStaysInCab], validFrom: date(), validUntil: date(),
      state: choice(Ledger.PassState.self), revokeReason: some(name()),
      holder: oneIn(2) ? nil : Ledger.Contact(name: name(), phone: "13800001234"), renews: some("410928999999"))
  }

  mutating func trip(_ index: Int) -> Ledger.PassTrip {
    let seconds = Int64.random(in: 0...4_000_000_000, using: &random)
    let nanos = oneIn(2) ? 0 : Int32.random(in: 0...999_999_999, using: &random)
    return Ledger.PassTrip(
      pass: "410928000001", labels: labels(), tags: names(), sequence: oneIn(2) ? 0 : Int32(1 + index),
      time: Google.Timestamp(seconds: seconds, nanos: nanos),
      date: (try? CivilDate(epochSeconds: seconds, in: .shanghai).text) ?? "", region: some(region()),
      place: some(name()), plate: "豫J12345", loadKg: Int64(int(100_000)))
  }
}

extension RandomRecords {
  mutating func officer(_ index: Int) -> Ledger.Officer {
    Ledger.Officer(
      id: "G-\(index)", labels: labels(), tags: names(), name: name(), region: region(), unit: some(name()),
      title: some(name()), level: choice(Ledger.OfficerLevel.self, optional: true),
      contact: oneIn(2) ? nil : Ledger.Contact(name: name(), phone: "13800001234"), left: some(date()))
  }

  mutating func assignment(_ index: Int) -> Ledger.Assignment {
    Ledger.Assignment(
      id: "A-\(index)", labels: labels(), tags: names(), officer: "G-1", role: choice(Ledger.AssignmentRole.self),
      region: some(region()), enterprise: some(uscc(index)), project: some(name()), grid: some(name()),
      tier: some(name()),
      since: date(), until: some(date()), endReason: some(name()), previous: some(name()), task: some(name()))
  }

  mutating func activity(_ index: Int) -> Ledger.Activity {
    Ledger.Activity(
      id: "H-\(index)", labels: labels(), tags: names(), kind: choice(Ledger.ActivityKind.self), topic: some(name()),
      title: name(), region: region(), date: date(), organiser: some(name()), enterprise: some(uscc(index)),
      participants: int(900), enterpriseCount: int(90), problemsRaised: int(9), problemsSolved: int(9),
      amountAgreedFen: amount(), jobsAgreed: int(900), handouts: int(11_000), note: text())
  }

  mutating func programme(_ index: Int) -> Ledger.Programme {
    Ledger.Programme(
      id: "P-\(index)", labels: labels(), tags: names(), name: name(), region: region(), firstDay: date(),
      lastDay: date(),
      goals: oneIn(2) ? [] : [Ledger.ProgrammeGoal(text: text(), indicator: "GDP", valueE6: amount())],
      cadences: oneIn(2)
        ? [] : [Ledger.ProgrammeCadence(activity: name(), kind: choice(Ledger.CadenceKind.self), weekday: 2)],
      parent: some(name()), document: some(name()), description: text())
  }

  mutating func register(_ index: Int) -> Ledger.Register {
    Ledger.Register(
      id: "r\(index)", labels: labels(), tags: names(), title: name(), titleEnglish: some("Register"),
      description: text(),
      region: choice(Ledger.RegisterRegion.self, optional: true), keyTemplate: some("{region}-{a}"),
      fields: [
        Ledger.RegisterField(
          name: "a", title: name(), type: choice(Ledger.FieldType.self), unit: some(name()), required: true)
      ])
  }

  /// Entries of a register that has a field of every type.
  mutating func entries(_ count: Int) -> (register: Ledger.Register, entries: [[UInt8]]) {
    let types = Ledger.FieldType.allCases.filter { $0.rawValue != 0 }
    let fields = types.map { type in
      Ledger.RegisterField(name: "f_\(type.rawValue)", title: "字段\(type.rawValue)", type: type, choices: ["甲", "乙"])
    }
    let entries = (0..<count).map { index in
      var entry = Ledger.Entry(
        register: "all", labels: labels(), tags: names(), id: "E-\(index)", region: region())
      for field in fields where !oneIn(3) {
        let kind: Ledger.EntryValue.Kind =
          switch field.type {
          case .integer, .decimal, .money: .integer(amount())
          case .boolean: .boolean(oneIn(2))
          case .date: .text(date())
          case .month: .text("2023-06")
          case .choice: .text("乙")
          default: .text(name())
          }
        entry.values.append(Ledger.EntryValue(field: field.name, kind: kind))
      }
      return entry.packed()
    }
    return (Ledger.Register(id: "all", title: "全", region: .required, fields: fields), entries)
  }
}

private enum CivilDateText {
  static func random(_ random: inout SeededGenerator) -> String {
    day(Int.random(in: -40_000...40_000, using: &random))
  }

  static func day(_ days: Int) -> String { (try? CivilDate(daysSinceEpoch: 19_000 + days).text) ?? "2023-06-30" }
}
