public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Counts the 三个一批 lists and their three rates, as of a day.
public struct BatchTally: Sendable {
  /// Groups of one query: regions × periods × three lists.
  public static let groupsMax = 100_000

  private struct Place: Hashable {
    var region: String
    var period: String
    var batch: String
  }

  private static let keys = ["project.region", "period", "batch"]

  private var rows: [Place: Ledger.BatchFiguresRow] = [:]

  /// The day that a request names; `today` where it names none.
  public static func day(_ text: String, today: CivilDate) throws(LedgerError) -> CivilDate {
    var checks = RecordChecks(path: "")
    let day = checks.date("as_of", text)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    return day ?? today
  }

  /// Counts what `filter` leaves, as it was on `day`: what is dated later has not happened yet.
  public init(_ reader: any LedgerReader, filter: Filter?, on day: CivilDate) throws {
    func isDone(_ column: String) -> Filter {
      .and([
        .compare(column: column, .notEqual, .text("")), .compare(column: column, .lessOrEqual, .text(day.text)),
      ])
    }
    let listed = Filter.not(isDone("left"))
    try add(reader, filter, [.count]) { row, values in row.entered += values[0] }
    try add(reader, filter.narrowed(by: listed), [.count, .sum("project.total_investment_fen")]) { row, values in
      row.listed += values[0]
      row.investmentFen += values[1]
    }
    try add(reader, filter.narrowed(by: .and([listed, isDone("next_stage")])), [.count]) { row, values in
      row.reached += values[0]
    }
  }

  /// The answer.
  public func response(byRegion: Bool, byPeriod: Bool, revision: UInt64) throws -> Ledger.BatchFiguresResponse {
    try Ledger.BatchFiguresResponse(
      totals: summed(byRegion: false, byPeriod: false),
      rows: byRegion || byPeriod ? summed(byRegion: byRegion, byPeriod: byPeriod) : [], revision: revision)
  }

  private func summed(byRegion: Bool, byPeriod: Bool) throws -> [Ledger.BatchFiguresRow] {
    var sums: [Place: Ledger.BatchFiguresRow] = [:]
    for (place, row) in rows {
      let whole = Place(region: byRegion ? place.region : "", period: byPeriod ? place.period : "", batch: place.batch)
      try sums[whole, default: Self.empty(whole)].add(row)
    }
    return sums.sorted {
      ($0.key.region, $0.key.period, $0.value.batch.rawValue) < ($1.key.region, $1.key.period, $1.value.batch.rawValue)
    }.map { $0.value.rated }
  }

  private mutating func add(
    _ reader: any LedgerReader, _ filter: Filter?, _ measures: [Measure],
    _ put: (inout Ledger.BatchFiguresRow, [Int64]) -> Void
  ) throws {
    let columns = try reader.group(
      GroupQuery(source: "BatchEntry", filter: filter, groupBy: Self.keys, measures: measures, rowsMax: Self.groupsMax)
    ).columns
    for row in 0..<(columns.first?.count ?? 0) {
      let keys = columns.prefix(Self.keys.count).map { column in
        if case .text(let text) = column[row] { text } else { "" }
      }
      let values = columns.dropFirst(Self.keys.count).map { column in
        if case .integer(let number) = column[row] { number } else { Int64(0) }
      }
      let place = Place(region: keys[0], period: keys[1], batch: keys[2])
      put(&rows[place, default: Self.empty(place)], values)
    }
  }

  private static func empty(_ place: Place) -> Ledger.BatchFiguresRow {
    Ledger.BatchFiguresRow(
      region: place.region, period: place.period, batch: Ledger.BatchKind(name: place.batch) ?? .unspecified)
  }
}

extension Ledger.BatchFiguresRow {
  fileprivate mutating func add(_ other: Ledger.BatchFiguresRow) throws(StorageError) {
    entered += other.entered
    listed += other.listed
    reached += other.reached
    let (sum, overflows) = investmentFen.addingReportingOverflow(other.investmentFen)
    if overflows { throw StorageError(.tooLarge, "the sum of these investments is beyond 64 bits; narrow the filter") }
    investmentFen = sum
  }

  fileprivate var rated: Ledger.BatchFiguresRow {
    var row = self
    row.left = entered - listed
    row.rate = Ledger.Rate(numerator: reached, denominator: listed)
    return row
  }
}
