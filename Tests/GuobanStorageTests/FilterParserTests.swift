import GuobanStorage
import Testing

private let limits = FilterLimits(bytesMax: 200, depthMax: 4, termsMax: 5)

private func parse(_ text: String, source: String = "Project") throws -> Filter? {
  try FilterParser(catalog: SchemaCatalog(schemas), limits: limits).parse(text, source: source)
}

private func total(_ sign: Filter.Operator, _ value: Int64) -> Filter {
  .compare(column: "total_fen", sign, .integer(value))
}

@Test(arguments: [
  ("total_fen=1", total(.equal, 1)),
  ("total_fen  !=  -5", total(.notEqual, -5)),
  ("total_fen<1", total(.less, 1)), ("total_fen<=1", total(.lessOrEqual, 1)),
  ("total_fen>1", total(.greater, 1)), ("total_fen>=9223372036854775807", total(.greaterOrEqual, .max)),
  ("total_fen = true", total(.equal, 1)), ("total_fen = false", total(.equal, 0)),
  ("total_fen = null", .compare(column: "total_fen", .equal, .null)),
  ("name = null", .compare(column: "name", .equal, .null)),
  ("name = \"null\"", .compare(column: "name", .equal, .text("null"))),
  ("name = 'it\\'s \\\\ \"so\"'", .compare(column: "name", .equal, .text("it's \\ \"so\""))),
  ("name = 2026-06-30", .compare(column: "name", .equal, .text("2026-06-30"))),
  ("region = 0410", .compare(column: "region", .equal, .text("0410"))),
  ("name = 濮阳县", .compare(column: "name", .equal, .text("濮阳县"))),
  ("name:\"县\"", .has(column: "name", "县")), ("tags:重点", .has(column: "tags", "重点")),
  ("key > a", .compare(column: "key", .greater, .text("a"))),
  ("revision > 7", .compare(column: "revision", .greater, .integer(7))),
  ("region.parent.name = x", .compare(column: "region.parent.name", .equal, .text("x"))),
  ("NOT total_fen=1", .not(total(.equal, 1))), ("-total_fen=1", .not(total(.equal, 1))),
  ("-(total_fen=1)", .not(total(.equal, 1))), ("NOT NOT total_fen=1", .not(.not(total(.equal, 1)))),
  ("(total_fen=1)", total(.equal, 1)),
  ("total_fen=1 AND total_fen=2 AND total_fen=3", .and([total(.equal, 1), total(.equal, 2), total(.equal, 3)])),
  // AIP-160: OR binds tighter than AND.
  ("total_fen=1 AND total_fen=2 OR total_fen=3", .and([total(.equal, 1), .or([total(.equal, 2), total(.equal, 3)])])),
  (
    "(total_fen=1 AND total_fen=2) OR total_fen=3",
    .or([.and([total(.equal, 1), total(.equal, 2)]), total(.equal, 3)])
  ),
])
func filterIsReadAsATypedTree(text: String, filter: Filter) throws {
  #expect(try parse(text) == filter)
}

@Test func blankFilterIsNone() throws {
  #expect(try parse("") == nil)
  #expect(try parse(" \t\n") == nil)
}

@Test func childSourceSeesItsParentUnderTwoNames() throws {
  for path in ["key.region", "project.region", "project.region.name", "project", "project.revision", "year"] {
    #expect(try parse("\(path) = 2026", source: "ProjectPlan") != nil, "\(path)")
  }
}

@Test(arguments: [
  ("colour = 1", ["position 1", "no column “colour”", "key, revision, name, region, total_fen, tags"]),
  ("name = x AND colour = 1", ["position 14"]),
  ("region.colour = 1", ["Region has no column", "parent"]),
  ("name.x = 1", ["refers to no other record"]),
  ("region.parent.parent.parent.parent.name = 1", ["more than 4 references"]),
  ("total_fen = \"1\"", ["position 13", "integer without quotes"]),
  ("total_fen = 1.5", ["integer"]), ("total_fen = 9223372036854775808", ["integer"]),
  ("total_fen = +1", ["integer"]), ("total_fen < null", ["integer"]), ("total_fen : 1", ["number"]),
  ("tags = x", ["tags:\"element\""]), ("tags:*", ["list"]), ("name < null", ["a text"]),
  ("name", ["position 5", "one of = !=", "the end"]), ("name =", ["a value after", "the end"]),
  ("name = AND", ["a value", "“AND”"]), ("= x", ["a column", "“=”"]), ("AND name = x", ["“AND”"]),
  ("name = x name = y", ["position 10", "expected AND, OR or the end", "“name”"]),
  ("(name = x", ["“)”"]), ("name = x)", ["position 9"]), ("()", ["a column"]), ("NOT", ["a column"]),
  ("name ! x", ["“!” at position 6"]), ("name = \"x", ["opened at position 8"]),
  ("name = \"\\n\"", ["backslash"]), ("f(x) = 1", ["no column “f”"]), ("name = a,b", ["position 9"]),
  ("name = a\u{0}", ["position 9"]), ("name = \"a\u{0}\"", ["never closed"]),
  ("((((( name = x )))))", ["4 levels"]), ("-----name = x", ["4 levels"]),
  (Array(repeating: "key=1", count: 6).joined(separator: " OR "), ["more than 5 comparisons"]),
  ("name = " + String(repeating: "x", count: 194), ["201 bytes", "200"]),
])
func badFilterIsRefusedSayingWhereAndWhy(text: String, fragments: [String]) throws {
  let error = try #require(throws: StorageError.self) { try parse(text) }
  #expect(error.code == .invalidQuery)
  for fragment in fragments { #expect(error.message.contains(fragment), "\(error.message)") }
}

@Test func limitsAreReachedButNotPassed() throws {
  #expect(try parse("name = " + String(repeating: "x", count: 193)) != nil)
  #expect(try parse("(((( name = x ))))") != nil)
  #expect(try parse(Array(repeating: "key=1", count: 5).joined(separator: " OR ")) != nil)
}

@Test func randomTextNeverTraps() throws {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var random = SplitMix(state: seed)
  let pieces = [
    "name", "total_fen", "tags", "=", "!=", "!", ":", "<", "(", ")", "\"", "'", "\\", "-", "NOT", "AND", "OR",
    " ", "1", "县", "\u{301}", "null", ".", "*", ",", "\u{0}",
  ]
  for _ in 0..<20_000 {
    let count = Int.random(in: 0...12, using: &random)
    let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    do { _ = try parse(text) } catch let error as StorageError { #expect(error.code == .invalidQuery) }
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
