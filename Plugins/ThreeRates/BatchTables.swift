internal import GuobanModel
internal import ReporterKit

/// The lists by region and batch.
struct BatchTables {
  private let question: Question
  private let regions: RegionTree
  private var lists: [String: [Batch: List]] = [:]

  enum Batch: String, CaseIterable {
    case signing = "SIGNING"
    case starting = "STARTING"
    case production = "PRODUCTION"

    var title: String {
      switch self {
      case .signing: "签约一批"
      case .starting: "开工一批"
      case .production: "投产一批"
      }
    }

    var rate: String {
      switch self {
      case .signing: "签约开工率"
      case .starting: "开工投产率"
      case .production: "投产达效率"
      }
    }
  }

  struct List {
    var all: Int64 = 0
    var left: Int64 = 0
    var moved: Int64 = 0
    /// Of those on the list; what has no recorded investment adds nothing, and is counted.
    var investment = Fen.zero
    var unpriced: Int64 = 0

    var current: Int64 { all - left }

    mutating func add(_ other: List) throws(RuleViolation) {
      all += other.all
      left += other.left
      moved += other.moved
      unpriced += other.unpriced
      investment = try investment.adding(other.investment)
    }
  }

  var isEmpty: Bool { lists.isEmpty }

  init(_ entries: DataFrame, question: Question, regions: RegionTree) throws {
    self.question = question
    self.regions = regions
    for row in 0..<entries.rowCount {
      let region = try entries.text("project.region", row)
      if let root = question.region, !regions.isWithin(region, root) { continue }
      guard let batch = Batch(rawValue: try entries.text("batch", row)) else { continue }
      var list = List(all: try entries.integer("count", row))
      if try isReached(try entries.text("left", row)) {
        list.left = list.all
      } else {
        list.moved = try isReached(try entries.text("next_stage", row)) ? list.all : 0
        list.investment = Fen(try entries.integer("project.total_investment_fen", row))
        list.unpriced = list.investment == .zero ? list.all : 0
      }
      try lists[region, default: [:]][batch, default: List()].add(list)
    }
  }

  private func isReached(_ date: String) throws(RuleViolation) -> Bool {
    date.isEmpty ? false : try CivilDate(date) <= question.day
  }

  func add(to report: inout Report) throws {
    var summary = ReportTable(
      id: "summary", title: "三率",
      columns: [
        .text("name", "地区"), .integer("all", "入批", unit: "个"), .integer("left", "达效退出", unit: "个"),
        .integer("current", "在库", unit: "个"), .yiYuan("investment", "在库总投资", decimals: 1),
      ] + Batch.allCases.map { .percent($0.rawValue.lowercased(), $0.rate) })
    var details = ReportTable(
      id: "batches", title: "分批情况",
      columns: [
        .text("name", "地区"), .text("batch", "批次"), .integer("current", "在库", unit: "个"),
        .integer("moved", "已转段", unit: "个"), .yiYuan("investment", "总投资", decimals: 1), .percent("rate", "比率"),
      ])
    var total: [Batch: List] = [:]
    let codes = lists.keys.sorted(by: regions.precedes)
    for code in codes {
      let own = lists[code] ?? [:]
      summary.add(try summaryCells(regions.name(code), own))
      try noteUnpriced(regions.name(code), own, &report)
      for batch in Batch.allCases {
        guard let list = own[batch] else { continue }
        try total[batch, default: List()].add(list)
        details.add([
          .text(regions.name(code)), .text(batch.title), .integer(list.current), .integer(list.moved),
          investment(list), try rate(list),
        ])
        try noteSmall(regions.name(code), batch, list, &report)
      }
    }
    if codes.count > 1 { summary.add(try summaryCells("合计", total), kind: .total) }
    report.tables += [summary, details]
  }

  private func summaryCells(_ name: String, _ lists: [Batch: List]) throws -> [ReportCell] {
    let sum = try sum(lists)
    return [
      .text(name), .integer(sum.all), .integer(sum.left), .integer(sum.current), investment(sum),
    ] + (try Batch.allCases.map { try rate(lists[$0] ?? List()) })
  }

  private func sum(_ lists: [Batch: List]) throws(RuleViolation) -> List {
    var sum = List()
    for list in lists.values { try sum.add(list) }
    return sum
  }

  private func investment(_ list: List) -> ReportCell {
    list.current > 0 && list.unpriced == list.current
      ? .missing("在库项目都没有总投资") : .amount(list.investment.amount)
  }

  private func noteUnpriced(_ name: String, _ lists: [Batch: List], _ report: inout Report) throws(RuleViolation) {
    let sum = try sum(lists)
    guard sum.unpriced > 0 else { return }
    report.note(.missing, "\(name)在库 \(sum.current) 个中有 \(sum.unpriced) 个没有总投资，没有计入在库总投资。")
  }

  private func rate(_ list: List) throws(RuleViolation) -> ReportCell {
    list.current == 0 ? .missing("没有在库项目") : .ratio(try Fraction(list.moved, over: list.current))
  }

  /// A rate of a few says little: its 95 % interval is given.
  private func noteSmall(_ name: String, _ batch: Batch, _ list: List, _ report: inout Report) throws {
    guard list.current > 0 else { return }
    let interval = try WilsonInterval(successes: list.moved, total: list.current)
    guard interval.isSmall else { return }
    report.note(
      .warning,
      "\(name)\(batch.rate) \(list.moved)/\(list.current)：分母不超过 \(WilsonInterval.smallTotalMax)，95% 区间 "
        + "\(hundredths(interval.low))%…\(hundredths(interval.high))%。")
  }

  private func hundredths(_ percent: Double) -> String {
    let value = Int64((percent * 100).rounded())
    return (try? Fraction(value, over: 100))?.text(DecimalStyle(decimals: 2)) ?? "?"
  }
}
