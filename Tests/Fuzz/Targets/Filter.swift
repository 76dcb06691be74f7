internal import GuobanLedger
internal import GuobanStorage

@testable internal import GuobanSQLite

extension FuzzTarget {
  /// The filter parser, over the ledger's real columns, and the SQL that a filter becomes: one byte chooses the record
  /// type, the rest is the expression.
  ///
  /// A filter that was parsed is no deeper and has no more comparisons than the limits allow, and the SQL made of it has
  /// a parameter for every value and none of the input's text in it.
  static let filter = FuzzTarget(name: "filter", inputBytesMax: 600) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    let source = sources[Int(cursor.byte()) % sources.count]
    let text = String(decoding: cursor.remaining(), as: UTF8.self)
    let limits = FilterLimits(bytesMax: 512, depthMax: 8, termsMax: 16)
    guard let filter = try? FilterParser(catalog: catalog, limits: limits).parse(text, source: source) else { return }
    try require(text.utf8.count <= limits.bytesMax, "a filter over bytesMax was parsed")
    try require(comparisons(filter) <= limits.termsMax, "a filter over termsMax was parsed")
    // Every level of nesting is a NOT or a list of parts, and a list is an AND around an OR.
    try require(depth(filter) <= 3 * (limits.depthMax + 1), "a filter over depthMax was parsed")
    guard var sql = try? SourceSQL(source: source, catalog: catalog), let condition = try? sql.condition(filter) else {
      throw BrokenRule(description: "no SQL could be made of a filter that was parsed")
    }
    let text2 = condition + sql.from
    try require(text2.count { $0 == "?" } == sql.values.count, "parameters and values differ in number: \(text2)")
    try require(!text2.contains(";") && !text2.contains("--"), "the SQL has text of the input: \(text2)")
  } seeds: {
    let texts = [
      "region = \"410928\" AND (headcount >= 100 OR tags:\"专精特新\") AND NOT project.tier = COUNTY",
      "total_investment_fen>=9223372036854775807", "name = 'it\\'s \\\\ \"so\"'", "name:濮阳县 OR key > a",
      "-(revision = 7)", "NOT NOT name = null", "region.parent.name = x", "((((name=x))))", "key=1 OR key=2 AND key=3",
      "start_date < 2026-06-30", "verified = true", "name ! x", "\"", "state=ACTIVE AND -kind:x",
    ]
    var seeds: [String: [UInt8]] = [:]
    for (index, text) in texts.enumerated() { seeds["expression-\(index)"] = [UInt8(index % 8)] + Array(text.utf8) }
    return seeds
  }

  private static let sources = RecordCatalog.schemas.flatMap { [$0.name] + $0.children.map(\.name) }

  private static let catalog: SchemaCatalog = {
    do { return try SchemaCatalog(RecordCatalog.schemas) } catch { preconditionFailure("\(error)") }
  }()

  private static func comparisons(_ filter: Filter) -> Int {
    switch filter {
    case .and(let parts), .or(let parts): parts.reduce(0) { $0 + comparisons($1) }
    case .not(let part): comparisons(part)
    default: 1
    }
  }

  private static func depth(_ filter: Filter) -> Int {
    switch filter {
    case .and(let parts), .or(let parts): 1 + (parts.map(depth).max() ?? 0)
    case .not(let part): 1 + depth(part)
    default: 1
    }
  }
}
