internal import GuobanModel
internal import ReporterKit

/// What is asked: the parameters, checked.
struct Question {
  let month: CivilMonth
  let lastYearsMonth: CivilMonth
  /// This region and those below it.
  let region: String?
  let tiers: [ProjectTierName]
  let grouping: Grouping
  let thresholds: LightThresholds
  /// Percentage points.
  let yellow: DecimalE6
  let publishedIndicator: String
  let rounding: Reporting.Rounding

  enum Grouping: String, CaseIterable {
    case region = "REGION"
    case tier = "TIER"
    case project = "PROJECT"
  }

  init(_ parameters: Parameters) throws {
    let year = try parameters.integer("year", in: 2000...2100)
    month = try CivilMonth(year: year, month: try parameters.optionalInteger("month", in: 1...12) ?? 6)
    lastYearsMonth = try month.addingMonths(-12)
    region = parameters.optionalText("region")
    tiers = try ProjectTierName.list(parameters.optionalText("tier"))
    grouping = try parameters.choice("by", default: .region)
    yellow = try parameters.optionalDecimal("yellow_pp") ?? DecimalE6(millionths: 30_000_000)
    guard yellow.millionths >= 0, yellow.millionths <= 100_000_000 else {
      throw ReportFailure("PARAMETER_RANGE", "参数 yellow_pp 必须在 0…100 之间，现在是 \(yellow)")
    }
    thresholds = try LightThresholds(
      greenFrom: .zero, yellowFrom: try Fraction(-yellow.millionths, over: 100_000_000))
    publishedIndicator = parameters.optionalText("published_indicator") ?? "PLAN_COMPLETION_RATE"
    rounding = try parameters.rounding()
  }

  /// As the model names it.
  var roundingMode: RoundingMode {
    switch rounding {
    case .halfEven: .halfEven
    case .truncate: .truncate
    default: .halfUp
    }
  }
}
