import GuobanStorage
import GuobanTestSupport
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
  ("colour = 1", ["第 1 个字符", "没有列“colour”", "key, revision, name, region, total_fen, tags"]),
  ("name = x AND colour = 1", ["第 14 个字符"]),
  ("region.colour = 1", ["Region 没有列", "parent"]),
  ("name.x = 1", ["不指向别的记录"]),
  ("region.parent.parent.parent.parent.name = 1", ["超过 4 个"]),
  ("total_fen = \"1\"", ["第 13 个字符", "不带引号的整数"]),
  ("total_fen = 1.5", ["整数"]), ("total_fen = 9223372036854775808", ["整数"]),
  ("total_fen = +1", ["整数"]), ("total_fen < null", ["整数"]), ("total_fen : 1", ["数字"]),
  ("tags = x", ["tags:\"元素\""]), ("tags:*", ["列表"]), ("name < null", ["文字"]),
  ("name", ["第 5 个字符", "= != < <=", "结尾"]), ("name =", ["一个值", "结尾"]),
  ("name = AND", ["一个值", "“AND”"]), ("= x", ["列名", "“=”"]), ("AND name = x", ["“AND”"]),
  ("name = x name = y", ["第 10 个字符", "应为 AND、OR 或结尾", "“name”"]),
  ("(name = x", ["“)”"]), ("name = x)", ["第 9 个字符"]), ("()", ["列名"]), ("NOT", ["列名"]),
  ("name ! x", ["第 6 个字符“!”"]), ("name = \"x", ["第 8 个字符处的引号"]),
  ("name = \"\\n\"", ["反斜杠"]), ("f(x) = 1", ["没有列“f”"]), ("name = a,b", ["第 9 个字符"]),
  ("name = a\u{0}", ["第 9 个字符"]), ("name = \"a\u{0}\"", ["没有配对"]),
  ("((((( name = x )))))", ["4 层"]), ("-----name = x", ["4 层"]),
  (Array(repeating: "key=1", count: 6).joined(separator: " OR "), ["5 个比较"]),
  ("name = " + String(repeating: "x", count: 194), ["201 字节", "200"]),
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
  var random = SeededGenerator("FilterParserTests")
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
