import GuobanLedger
import GuobanMessages

/// The records of a ledger as large as a province's, the same for the same seed and scale.
struct ScaleRecords: Sendable {
  /// 1: a million enterprises, 200 000 projects with twelve months each, five million passes.
  let scale: Double
  let seed: UInt64

  var enterprises: Int { Int(1_000_000 * scale) }
  var projects: Int { Int(200_000 * scale) }
  var passes: Int { Int(5_000_000 * scale) }
  static let months = 12
  static let year: Int32 = 2026

  /// 31 provinces, 341 cities, 2 728 counties.
  static let regions: [Ledger.Region] = (11...41).flatMap { province -> [Ledger.Region] in
    let provinceCode = "\(province)0000"
    return [Ledger.Region(code: provinceCode, name: "省\(province)", kind: .province)]
      + (1...11).flatMap { city -> [Ledger.Region] in
        let cityCode = "\(province)\(two(city))00"
        return [Ledger.Region(code: cityCode, name: "市\(province)\(two(city))", kind: .city, parent: provinceCode)]
          + (21...28).map { county in
            let code = "\(province)\(two(city))\(county)"
            return Ledger.Region(code: code, name: "县\(code)", kind: .county, parent: cityCode)
          }
      }
  }
  static let counties = regions.filter { $0.kind == .county }.map(\.code)

  func enterprise(_ number: Int) -> Ledger.Enterprise {
    var random = generator(1, number)
    return Ledger.Enterprise(
      uscc: uscc(number), name: "第\(number)号机械制造有限公司", region: county(&random),
      headcount: Int32.random(in: 10...2000, using: &random), onDuty: Int32.random(in: 5...10, using: &random))
  }

  func project(_ number: Int) -> Ledger.Project {
    var random = generator(2, number)
    let total = Int64.random(in: 1_000...500_000, using: &random) * 1_000_000
    let month = Int.random(in: 1...12, using: &random)
    return Ledger.Project(
      code: projectCode(number), name: "第\(number)号产业园建设项目", region: county(&random),
      tier: Ledger.ProjectTier(rawValue: .random(in: 1...4, using: &random)),
      kind: Ledger.ProjectKind(rawValue: .random(in: 1...2, using: &random)), sector: "先进制造",
      totalInvestmentFen: total,
      plans: [
        Ledger.YearPlan(year: Self.year - 1, planFen: total / 4), Ledger.YearPlan(year: Self.year, planFen: total / 3),
      ],
      stage: Ledger.ProjectStage(rawValue: .random(in: 1...6, using: &random)),
      milestones: Ledger.Milestones(started: "\(Self.year)-\(Self.two(month))-15"), responsibleUnit: "县发展改革局")
  }

  /// `number` counts months over all projects.
  func progress(_ number: Int) -> Ledger.ProjectProgress {
    let (project, month) = number.quotientAndRemainder(dividingBy: Self.months)
    var random = generator(3, project)
    let monthly = Int64.random(in: 100...40_000, using: &random) * 1_000_000
    return Ledger.ProjectProgress(
      project: projectCode(project), month: "\(Self.year)-\(Self.two(month + 1))",
      completedFen: monthly * Int64(month + 1), fundsInPlaceFen: monthly * Int64(month + 2),
      physicalPermille: Int32(80 * (month + 1)))
  }

  func pass(_ number: Int) -> Ledger.Pass {
    var random = generator(4, number)
    let division = Self.counties[number % Self.counties.count]
    let sequence = String(1_000_001 + number / Self.counties.count).dropFirst()
    return Ledger.Pass(
      number: division + sequence, kind: .city, plate: plate(number), enterprise: uscc(number % max(enterprises, 1)),
      goods: "生活物资", loadKg: 26_170, origin: division, destination: county(&random),
      validFrom: "\(Self.year)-06-01", validUntil: "\(Self.year)-06-30", state: .issued)
  }

  func uscc(_ number: Int) -> String { "91410000" + Self.padded(number, 9) + "X" }
  func projectCode(_ number: Int) -> String { "P-" + Self.padded(number, 7) }
  func plate(_ number: Int) -> String { "豫" + Self.padded(number, 7) }

  private func county(_ random: inout ScaleGenerator) -> String {
    Self.counties[Int.random(in: 0..<Self.counties.count, using: &random)]
  }

  private func generator(_ kind: UInt64, _ number: Int) -> ScaleGenerator {
    ScaleGenerator(state: seed &+ kind &* 0x1_0000_0000_0000 &+ UInt64(number))
  }

  static func two(_ number: Int) -> String { padded(number, 2) }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}

/// SplitMix64 without a word: there is one for every record.
struct ScaleGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
