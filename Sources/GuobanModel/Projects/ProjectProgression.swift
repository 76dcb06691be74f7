/// The stages of a project. The names are Proto/'s.
public enum ProjectStage: String, Sendable, CaseIterable {
  case signed = "SIGNED"
  case started = "STARTED"
  /// 入统
  case inStatistics = "IN_STATISTICS"
  case inProduction = "IN_PRODUCTION"
  /// 达效
  case atCapacity = "AT_CAPACITY"
  /// 竣工
  case completed = "COMPLETED"

  /// For a clerk.
  public var chinese: String {
    switch self {
    case .signed: "签约"
    case .started: "开工"
    case .inStatistics: "入统"
    case .inProduction: "投产"
    case .atCapacity: "达效"
    case .completed: "竣工"
    }
  }

  /// Stages whose date may not come after this one's, where they have one.
  public var earlier: [ProjectStage] {
    switch self {
    case .signed: []
    case .started: [.signed]
    case .inStatistics, .completed, .inProduction: [.signed, .started]
    case .atCapacity: [.signed, .started, .inProduction]
    }
  }
}

/// How a project goes on: 签约 → 开工 → 投产 → 达效; 入统 and 竣工 come anywhere after 开工, and leave a later stage as it is.
public struct ProjectProgression: Sendable, Equatable {
  /// Nil before the first.
  public private(set) var stage: ProjectStage?
  public private(set) var dates: [ProjectStage: CivilDate]

  /// A project as the ledger has it.
  public init(stage: ProjectStage?, dates: [ProjectStage: CivilDate]) {
    self.stage = stage
    self.dates = dates
  }

  /// Whether it is said to be at a stage, or beyond. A date alone, which a table may have brought ahead, says nothing of it.
  public func hasReached(_ reached: ProjectStage) -> Bool {
    stage == reached || stage?.earlier.contains(reached) == true
  }

  /// From each stage, which can be reached, and which stage the project then has.
  public static let table: [(from: ProjectStage?, reached: ProjectStage, then: ProjectStage)] = [
    (nil, .signed, .signed), (nil, .started, .started),
    (.signed, .started, .started),
    (.started, .inStatistics, .inStatistics), (.started, .completed, .completed),
    (.started, .inProduction, .inProduction),
    (.inStatistics, .completed, .completed), (.inStatistics, .inProduction, .inProduction),
    (.completed, .inStatistics, .completed), (.completed, .inProduction, .inProduction),
    (.inProduction, .inStatistics, .inProduction), (.inProduction, .completed, .inProduction),
    (.inProduction, .atCapacity, .atCapacity),
    (.atCapacity, .inStatistics, .atCapacity), (.atCapacity, .completed, .atCapacity),
  ]

  /// What can be reached now. A table may have brought the date of a stage before the project is said to be there.
  public var next: [ProjectStage] {
    Self.table.filter { $0.from == stage && (dates[$0.reached] == nil || $0.then == $0.reached) }.map(\.reached)
  }

  /// Takes from the version before what this one does not say, but for the dates of stages that a step back takes back.
  public mutating func fillIn(from old: ProjectProgression) {
    stage = stage ?? old.stage
    let ahead = old.later.contains(stage) ? [] : later.subtracting([stage])
    dates.merge(old.dates.filter { !ahead.contains($0.key) }) { own, _ in own }
  }

  /// Whether a version that was written goes back, or takes back what was noted: a correction.
  ///
  /// - Throws: `PROJECT_STAGE` for one without a reason, saying where the project can go instead.
  public func isCorrected(by new: ProjectProgression, reason: String) throws(RuleViolation) -> Bool {
    let taken = ProjectStage.allCases.first { dates[$0] != nil && new.dates[$0] != dates[$0] }
    let goesOn = later.contains(new.stage)
    if goesOn, taken == nil { return false }
    if !reason.isEmpty { return true }
    var (message, english): (String, String)
    if let taken, let date = dates[taken], goesOn {
      message = "已登记\(date)\(taken.chinese)，要改成\(new.dates[taken].map(\.description) ?? "空的")"
      english = "\(taken.rawValue) is noted on \(date)"
    } else {
      let possible = ProjectStage.allCases.filter { $0 != stage && later.contains($0) }
      message =
        "项目现在是“\(stage?.chinese ?? "尚未签约")”，不能改成“\(new.stage?.chinese ?? "尚未签约")”"
        + (possible.isEmpty ? "" : "，可以到：\(possible.map(\.chinese).joined(separator: "、"))")
      english =
        "the project is at \(stage?.rawValue ?? "no stage"), from where it goes to: "
        + possible.map(\.rawValue).joined(separator: ", ")
    }
    throw RuleViolation(
      rule: "PROJECT_STAGE", message: message + "；登记有误的，有权录入的人可以更正：写明更正原因（correction_reason），原来的会留存备查",
      englishMessage: english + "; whoever may write it can correct it, with a correction_reason; what was is kept")
  }

  /// Where a project can be some steps later, itself among them.
  private var later: Set<ProjectStage?> {
    var (found, open): (Set<ProjectStage?>, [ProjectStage?]) = ([stage], [stage])
    while let from = open.popLast() {
      for row in Self.table where row.from == from && found.insert(row.then).inserted { open.append(row.then) }
    }
    return found
  }

  /// Reaches a stage on a day.
  /// - Throws: `PROJECT_STAGE`, saying what can be reached; `PROJECT_STAGE_DATE`.
  public mutating func reach(_ reached: ProjectStage, on date: CivilDate) throws(RuleViolation) {
    guard next.contains(reached), let row = Self.table.first(where: { $0.from == stage && $0.reached == reached })
    else {
      let (possible, now) = (next.map(\.chinese).joined(separator: "、"), stage?.chinese ?? "尚未签约")
      throw RuleViolation(
        rule: "PROJECT_STAGE",
        message: "项目现在是“\(now)”\(dates[reached].map { "，\($0) 已\(reached.chinese)" } ?? "")，不能再记\(reached.chinese)；"
          + (possible.isEmpty ? "各阶段都已记过" : "可以记的有：\(possible)，由有权录入的人登记"),
        englishMessage:
          "the project is at \(stage?.rawValue ?? "no stage"): \(reached.rawValue) cannot follow; possible, for whoever may "
          + "write records: \(next.map(\.rawValue).joined(separator: ", "))")
    }
    if let noted = dates[reached], noted != date {
      throw RuleViolation(
        rule: "PROJECT_STAGE_DATE", message: "\(reached.chinese)的日期已登记为 \(noted)，不是 \(date)；请填登记的日期，登记有误的先更正",
        englishMessage: "\(reached.rawValue) is noted on \(noted), not on \(date): give that date, or correct it first")
    }
    for earlier in reached.earlier {
      guard let before = dates[earlier], date < before else { continue }
      throw RuleViolation(
        rule: "PROJECT_STAGE_DATE", message: "\(reached.chinese)的日期 \(date) 早于\(earlier.chinese)的 \(before)，请核对",
        englishMessage: "\(reached.rawValue) on \(date) comes before \(earlier.rawValue) on \(before)")
    }
    dates[reached] = date
    stage = row.then
  }
}
