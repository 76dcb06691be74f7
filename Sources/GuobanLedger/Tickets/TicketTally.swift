public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// Counts tickets by region and level: 化解率, 办结率, 满意率. One grouped query, then sums of a few rows.
public struct TicketTally: Sendable {
  /// Groups of one query: regions × the few ways in which a ticket may stand.
  public static let groupsMax = 200_000

  /// The government that answers for a level: the 总调度会 is the county's.
  private enum Tier: String, CaseIterable {
    case county = "COUNTY"
    case city = "CITY"
    case province = "PROVINCE"

    init(_ level: TicketLevel) {
      switch level {
      case .county, .dispatch: self = .county
      case .city: self = .city
      case .province: self = .province
      }
    }

    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  private struct Place: Hashable {
    var region: String
    var tier: Tier
  }

  /// What is grouped by; an index has them in this order.
  static let keys = [
    "region", "level", "state", "outcome", "satisfaction", "exempt", "reached_county", "reached_dispatch",
    "reached_city", "reached_province",
  ]

  private var rows: [Place: Ledger.TicketFiguresRow] = [:]
  private var total = Ledger.TicketFiguresRow()

  /// Counts what `filter` leaves.
  public init(_ reader: any LedgerReader, filter: Filter?) throws {
    let result = try reader.group(
      GroupQuery(
        source: "Ticket", filter: filter, groupBy: Self.keys, measures: [.count, .sum("days_to_close")],
        rowsMax: Self.groupsMax))
    for row in 0..<(result.columns.first?.count ?? 0) { add(Group(result.columns, row)) }
  }

  /// The answer.
  public func response(byRegion: Bool, revision: UInt64) -> Ledger.TicketFiguresResponse {
    var levels: [Tier: Ledger.TicketFiguresRow] = [:]
    for (place, row) in rows { levels[place.tier, default: Ledger.TicketFiguresRow(level: row.level)].add(row) }
    let regions = rows.sorted { ($0.key.region, $0.key.tier.index) < ($1.key.region, $1.key.tier.index) }
    var whole = total
    // Going up or down does not take a ticket from the total.
    whole.accepted = whole.found
    return Ledger.TicketFiguresResponse(
      levels: Tier.allCases.compactMap { levels[$0]?.rated },
      regions: byRegion ? regions.map { $0.value.rated } : [], total: whole.rated, revision: revision)
  }

  private mutating func add(_ group: Group) {
    guard let level = TicketLevel(rawValue: group.text(1)) else { return }
    let now = Tier(level)
    let reachesCounty = group.integer(6) + group.integer(7) > 0
    let reached = [(Tier.county, reachesCounty), (.city, group.integer(8) > 0), (.province, group.integer(9) > 0)]
    for (tier, isReached) in reached where isReached {
      var row = Ledger.TicketFiguresRow(
        region: group.text(0), level: Ledger.TicketLevel(name: tier.rawValue) ?? .unspecified, found: group.count)
      if now.index > tier.index {
        row.escalated = group.count
      } else if now.index < tier.index {
        row.handedDown = group.count
      } else {
        row.accepted = group.count
        row.count(group)
        if tier == .county, group.integer(7) > 0 { row.atDispatch = group.count }
      }
      let place = Place(region: group.text(0), tier: tier)
      rows[place, default: Ledger.TicketFiguresRow(region: row.region, level: row.level)].add(row)
    }
    total.found += group.count
    total.count(group)
  }

  /// One row of the grouped query.
  fileprivate struct Group {
    private let values: [ColumnValue]

    init(_ columns: [[ColumnValue]], _ row: Int) { values = columns.map { $0[row] } }

    func text(_ column: Int) -> String {
      if case .text(let text) = values[column] { text } else { "" }
    }

    func integer(_ column: Int) -> Int64 {
      if case .integer(let number) = values[column] { number } else { 0 }
    }

    var count: Int64 { integer(10) }
    var daysToClose: Int64 { integer(11) }
  }
}

extension Ledger.TicketFiguresRow {
  fileprivate mutating func count(_ group: TicketTally.Group) {
    if group.text(2) == TicketState.closed.rawValue {
      closed += group.count
      daysToClose += group.daysToClose
      if group.text(3) == TicketOutcome.solved.rawValue { solved += group.count }
    }
    if group.integer(5) > 0 { exempted += group.count }
    switch TicketSatisfaction(rawValue: group.text(4)) {
    case .satisfied:
      surveyed += group.count
      satisfied += group.count
    case .dissatisfied: surveyed += group.count
    case nil: break
    }
  }

  fileprivate mutating func add(_ other: Ledger.TicketFiguresRow) {
    found += other.found
    escalated += other.escalated
    handedDown += other.handedDown
    accepted += other.accepted
    solved += other.solved
    closed += other.closed
    exempted += other.exempted
    surveyed += other.surveyed
    satisfied += other.satisfied
    atDispatch += other.atDispatch
    daysToClose += other.daysToClose
  }

  fileprivate var rated: Ledger.TicketFiguresRow {
    var row = self
    row.resolutionRate = Ledger.Rate(numerator: solved, denominator: accepted)
    row.closingRate = Ledger.Rate(numerator: closed, denominator: accepted)
    row.satisfactionRate = Ledger.Rate(numerator: satisfied, denominator: surveyed)
    return row
  }
}
