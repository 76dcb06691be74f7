public import GuobanModel

/// Plans and what is done of them, added up over any number of projects.
///
/// Projects with a month-by-month curve are due by it, the others by months ÷ 12. Both together are again a curve: twelve
/// times the curves plus the plans by the month, so that nothing is divided and the sum stays exact.
public struct PlanSums: Sendable {
  public private(set) var projects: Int64 = 0
  /// Projects with a figure for the month.
  public private(set) var reported: Int64 = 0
  public private(set) var plan: Int64 = 0
  public private(set) var done: Int64 = 0
  private var curveTimes12 = [Int64](repeating: 0, count: 12)

  /// Nothing yet.
  public init() {}

  public static let curveColumns = (1...12).map { "curve_" + ($0 < 10 ? "0" : "") + "\($0)_fen" }

  /// Projects whose month has no figure.
  public var unreported: Int64 { max(projects - reported, 0) }

  /// What is done, nil when nobody reported: nothing is taken for zero.
  public var doneIfReported: Int64? { reported == 0 ? nil : done }

  /// Adds projects and their plan.
  ///
  /// - Parameter curve: twelve cumulative amounts; nil for months ÷ 12.
  public mutating func addPlan(projects count: Int64, plan amount: Int64, curve: [Int64]?) throws(RuleViolation) {
    projects += count
    plan = try Fen(plan).adding(Fen(amount)).amount
    for month in 1...12 {
      let (base, factor) = if let curve { (curve[month - 1], Int64(12)) } else { (amount, Int64(month)) }
      let due = try Self.times(base, factor)
      curveTimes12[month - 1] = try Fen(curveTimes12[month - 1]).adding(Fen(due)).amount
    }
  }

  /// Adds what `count` projects have done.
  public mutating func addDone(projects count: Int64, amount: Int64) throws(RuleViolation) {
    reported += count
    done = try Fen(done).adding(Fen(amount)).amount
  }

  /// Adds another group.
  public mutating func add(_ other: PlanSums) throws(RuleViolation) {
    projects += other.projects
    reported += other.reported
    plan = try Fen(plan).adding(Fen(other.plan)).amount
    done = try Fen(done).adding(Fen(other.done)).amount
    for month in 0..<12 {
      curveTimes12[month] = try Fen(curveTimes12[month]).adding(Fen(other.curveTimes12[month])).amount
    }
  }

  /// When the plan is due.
  public func schedule() throws(RuleViolation) -> Schedule {
    plan > 0 ? try Schedule(curve: curveTimes12) : .monthly
  }

  private static func times(_ amount: Int64, _ factor: Int64) throws(RuleViolation) -> Int64 {
    let product = try Fraction(amount).multiplied(by: Fraction(factor))
    return product.numerator
  }
}
