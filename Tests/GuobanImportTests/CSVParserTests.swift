import GuobanTestSupport
import Testing

@testable import GuobanImport

private func rows(_ text: String, _ limits: ImportLimits = .standard) throws -> [SourceRow] {
  var parser = CSVParser(Array(text.utf8), limits: limits)
  var rows: [SourceRow] = []
  while let row = try parser.next() { rows.append(row) }
  return rows
}

@Test(
  arguments: [
    ("", []),
    ("a,b", [SourceRow(line: 1, cells: ["a", "b"])]),
    ("a,b\n", [SourceRow(line: 1, cells: ["a", "b"])]),
    ("a,\r\n,b\r\n", [SourceRow(line: 1, cells: ["a", ""]), SourceRow(line: 2, cells: ["", "b"])]),
    ("a\rb\r", [SourceRow(line: 1, cells: ["a"]), SourceRow(line: 2, cells: ["b"])]),
    ("\n\na", [SourceRow(line: 1, cells: [""]), SourceRow(line: 2, cells: [""]), SourceRow(line: 3, cells: ["a"])]),
    ("\"a,\"\"b\"\"\",\"\"\nc", [SourceRow(line: 1, cells: ["a,\"b\"", ""]), SourceRow(line: 2, cells: ["c"])]),
    ("\"一\r\n二\n三\r四\",x\r\ny", [SourceRow(line: 1, cells: ["一\r\n二\n三\r四", "x"]), SourceRow(line: 5, cells: ["y"])]),
  ] as [(String, [SourceRow])])
func csvIsReadAsRFC4180Says(text: String, expected: [SourceRow]) throws {
  #expect(try rows(text) == expected)
}

@Test(arguments: [
  ("a,b\"c", CSVError(reason: .quoteInsideCell, line: 1, cell: 1)),
  ("a\n\"b\"c", CSVError(reason: .textAfterQuote, line: 2, cell: 0)),
  ("a\n\"b\nc,d\n\n", CSVError(reason: .quoteNotClosed, line: 2, cell: 0)),
  ("\"\"\"", CSVError(reason: .quoteNotClosed, line: 1, cell: 0)),
])
func csvErrorsSayWhereTheyAre(text: String, expected: CSVError) {
  #expect(throws: expected) { try rows(text) }
}

@Test func csvLimitsHoldAtTheLimitAndNotOnePast() throws {
  let limits = ImportLimits(fileBytesMax: 100, rowCellsMax: 3, cellBytesMax: 4, rowsMax: 2, problemsMax: 1)
  #expect(try rows("a,b,c", limits).count == 1)
  #expect(throws: CSVError(reason: .tooManyCells, line: 1, cell: 3)) { try rows("a,b,c,d", limits) }
  #expect(try rows("abcd,\"abcd\"", limits).count == 1)
  #expect(throws: CSVError(reason: .cellTooLong, line: 1, cell: 0)) { try rows("abcde", limits) }
  #expect(throws: CSVError(reason: .cellTooLong, line: 1, cell: 1)) { try rows("a,\"abcde\"", limits) }
}

@Test func anyBytesAreReadOrRefusedAndNeverTrap() {
  var random = SeededGenerator("CSVParserTests")
  let alphabet = Array("\",\r\na一 ".utf8)
  for _ in 0..<20_000 {
    let length = Int.random(in: 0...12, using: &random)
    let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
    var parser = CSVParser(bytes, limits: .standard)
    var count = 0
    while let row = try? parser.next() {
      count += 1
      #expect(!row.cells.isEmpty)
    }
    #expect(count <= length + 1)
  }
}
