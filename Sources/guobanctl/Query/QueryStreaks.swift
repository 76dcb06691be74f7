internal import GuobanMessages
internal import GuobanModel

/// Who is in an answer's last period, and in how many before it without a break: 连续两期第一. Pure.
///
/// The answer's first key is the period, the others say who. A period that nobody is in ends every streak.
struct QueryStreaks {
  /// Periods between an answer's first and last: as long as months go back to the first year that records may have.
  private static let periodsMax = 12 * 300

  /// The same answer with one row for each who is in the last period, and the columns "streak" and "since".
  ///
  /// - Parameter keys: how many of its columns are keys, not measures.
  static func answer(_ answer: Ledger.QueryResponse, keys: Int) throws(Failure) -> Ledger.QueryResponse {
    let columns = Array((answer.columns?.columns ?? []).prefix(keys))
    guard let first = columns.first, columns.count > 1 else {
      throw .input(
        say(
          "--streak 至少要两个分组列：先是年份或期别，再是谁，如 --group-by year,region",
          "--streak needs two columns to group by: the period, then who, as --group-by year,region"))
    }
    guard !answer.more else {
      throw .input(say("--streak 要看全部各期，不能用 --limit", "--streak looks at all periods: leave out --limit"))
    }
    var rows: [(place: Int, row: Int)] = []
    for (row, text) in first.optionalTexts.enumerated() {
      if let text, !text.isEmpty { rows.append((try place(text), row)) }
    }
    guard let start = rows.map(\.place).min(), let end = rows.map(\.place).max() else { return answer }
    guard end - start < periodsMax else {
      throw .input(say("各期相隔太远，请用 --filter 缩小范围", "the periods lie too far apart; narrow them with --filter"))
    }
    let who = columns.dropFirst().map(\.optionalTexts)
    let key = { (row: Int) in who.map { $0[row] } }
    var present = [Set<[String?]>](repeating: [], count: end - start + 1)
    var texts = [String](repeating: "", count: present.count)
    for (place, row) in rows {
      present[place - start].insert(key(row))
      texts[place - start] = first.optionalTexts[row] ?? ""
    }
    let last = rows.filter { $0.place == end }.map(\.row)
    let streaks = last.map { row in streakLength(present) { $0.contains(key(row)) } }
    return made(answer, Array(columns.dropFirst()), last, streaks, since: streaks.map { texts[texts.count - $0] })
  }

  private static func made(
    _ answer: Ledger.QueryResponse, _ who: [Reporting.Column], _ rows: [Int], _ streaks: [Int], since: [String]
  ) -> Ledger.QueryResponse {
    var made = answer
    let keys = who.map { column in
      let texts = column.optionalTexts
      return Reporting.Column(
        name: column.name, texts: rows.map { texts[$0] ?? "" },
        nulls: rows.enumerated().filter { texts[$1] == nil }.map { UInt32($0.offset) }, isText: true)
    }
    made.columns?.columns =
      keys + [
        Reporting.Column(name: "streak", integers: streaks.map(Int64.init)),
        Reporting.Column(name: "since", texts: since, isText: true),
      ]
    made.meanings =
      Array(answer.meanings.dropFirst().prefix(keys.count))
      + [Ledger.ColumnMeaning(name: "streak"), Ledger.ColumnMeaning(name: "since")]
    return made
  }

  /// Where a period stands among its kind; those of two kinds lie too far apart to be counted together.
  private static func place(_ text: String) throws(Failure) -> Int {
    let period: Period
    do throws(RuleViolation) { period = try Period(text) } catch {
      throw .input(say("--streak 的第一个分组列：\(error.message)", "--streak, first column: \(error.englishMessage)"))
    }
    switch period.span {
    case .year: return period.year
    case .half(let half): return 100_000 + period.year * 2 + half
    case .quarter(let quarter): return 200_000 + period.year * 4 + quarter
    case .month(let month): return 300_000 + period.year * 12 + month
    }
  }
}

extension Reporting.Column {
  /// One a row; nil for no value.
  var optionalTexts: [String?] {
    let gone = Set(nulls)
    let all = isText ? texts : integers.map(String.init)
    return all.enumerated().map { gone.contains(UInt32($0)) ? nil : $1 }
  }
}
