import GuobanLedger
import GuobanMessages
import GuobanModel

/// Where a record is, seen from 濮阳县 (410928).
enum Place: String, CaseIterable {
  case same, township, zone, parent, sibling, elsewhere

  static let home = "410928"

  var region: String {
    switch self {
    case .same: Self.home
    case .township: "410928100"
    // Its code tells nothing of where it lies.
    case .zone: "PY-JKQ"
    case .parent: "410900"
    case .sibling: "410922"
    case .elsewhere: "430500"
    }
  }

  var isWithin: Bool { self == .same || self == .township || self == .zone }

  /// Passes are tied to the six digits in their number.
  var division: String { self == .township ? Self.home : self == .zone ? Self.home : region }

  static let regions: [Ledger.Region] = [
    Ledger.Region(code: "410000", name: "河南省", kind: .province),
    Ledger.Region(code: "410900", name: "濮阳市", kind: .city, parent: "410000"),
    Ledger.Region(code: "410928", name: "濮阳县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410922", name: "清丰县", kind: .county, parent: "410900"),
    Ledger.Region(code: "410928100", name: "城关镇", kind: .township, parent: "410928"),
    Ledger.Region(code: "PY-JKQ", name: "开发区", kind: .zone, parent: "410928"),
    Ledger.Region(code: "430000", name: "湖南省", kind: .province),
    Ledger.Region(code: "430500", name: "邵阳市", kind: .city, parent: "430000"),
  ]

  /// What the records of the tests refer to, and one project in every place.
  static var ground: [[any LedgerRecord]] {
    [
      regions, [Ledger.Indicator(code: "GDP", name: "生产总值", unit: "亿元", nature: .cumulative)],
      Place.allCases.map { $0.project("BASE") },
    ]
  }

  func project(_ serial: String) -> Ledger.Project {
    Ledger.Project(code: "\(serial)-\(index)", name: "项目", region: region, tier: .county)
  }

  private var index: Int { 1000 + (Place.allCases.firstIndex(of: self) ?? 0) }

  /// A record of this type in this place. Records of one type with different serials have different keys.
  func record(_ type: String, _ serial: Int) -> any LedgerRecord {
    let number = (Place.allCases.firstIndex(of: self) ?? 0) * 100_000 + serial
    switch type {
    case "Region": return Ledger.Region(code: "Z-\(number)", name: "区", kind: .zone, parent: region)
    case "Enterprise": return Ledger.Enterprise(uscc: Self.uscc(number), name: "企业", region: region)
    case "Project": return project("P\(serial)")
    case "ProjectProgress":
      return Ledger.ProjectProgress(
        project: "BASE-\(index)", month: "\(2000 + serial / 12)-\(String(String(101 + serial % 12).dropFirst()))")
    case "BatchEntry":
      return Ledger.BatchEntry(project: "BASE-\(index)", period: "第\(serial)期", batch: .signing)
    case "Indicator": return Ledger.Indicator(code: "I\(number)", name: "指标", unit: "个", nature: .cumulative)
    case "Holiday": return holiday(serial)
    case "Ticket": return ticket("T\(number)")
    case "Target": return Ledger.Target(indicator: "GDP", region: region, year: Int32(1990 + serial % 110))
    default:
      return Ledger.Observation(
        indicator: "GDP", region: region,
        period: "\(2000 + serial / 12)-\(String(String(101 + serial % 12).dropFirst()))")
    }
  }

  private func holiday(_ serial: Int) -> Ledger.Holiday {
    let day = try? CivilDate(daysSinceEpoch: 10_000 + index % 1000 * 100 + serial)
    var holiday = Ledger.Holiday(date: day?.text ?? "", name: "元旦", kind: .dayOff)
    holiday.normalise()
    return holiday
  }

  /// A ticket as a sheet has it, on the day before ``Office/today``; `change` says how far it has come.
  func ticket(_ number: String, _ change: (inout Ledger.Ticket) -> Void = { _ in }) -> Ledger.Ticket {
    var ticket = Ledger.Ticket(
      number: number, region: region, title: "问题", category: .other, channel: .visit, severity: .ordinary,
      registered: "2026-06-29")
    change(&ticket)
    ticket.normalise()
    return ticket
  }

  /// A valid code for any number: GB 32100's check character is computed here once more.
  private static func uscc(_ number: Int) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    let digits = String(1_000_000_000 + number).dropFirst()
    let body = "91410000" + digits
    let sum = zip(body, [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]).reduce(0) { sum, pair in
      sum + (alphabet.firstIndex(of: pair.0) ?? 0) * pair.1
    }
    return body + String(alphabet[(31 - sum % 31) % 31])
  }
}
