import Foundation
import GuobanSheet
import GuobanTestSupport
import Testing

private func failure(_ path: String, _ limits: SheetLimits = .standard) -> SheetError.Code? {
  do throws(SheetError) {
    let reader = try SheetReader(path: path, limits: limits)
    while try reader.next() != nil {}
    return nil
  } catch {
    return error.code
  }
}

@Test func bombsAreRefused() async throws {
  let folder = try TemporaryFolder()
  let cell = "<row><c><v>1</v></c></row>"
  let head = "<worksheet><sheetData>"
  // 300 MiB of rows in a file of about 1 MiB, another of one tag that never ends, and a bomb in the shared strings.
  let rows = try await workbook(folder, sheet: "repeat 12000 \(head)<row/></sheetData></worksheet>")
  #expect(failure(rows) == .damaged, "more than one root")
  var limits = SheetLimits.standard
  limits.inflatedBytesMax = 100_000
  let small = try await workbook(
    folder, sheet: head + String(repeating: cell, count: 10_000) + "</sheetData></worksheet>")
  #expect(failure(small) == nil)
  #expect(failure(small, limits) == .tooLarge)

  let strings = try await workbook(
    folder, sheet: "\(head)</sheetData></worksheet>",
    parts: ["xl/sharedStrings.xml": "<sst><si><t>" + String(repeating: "x", count: 200_000) + "</t></si></sst>"])
  #expect(failure(strings) == nil)
  limits = .standard
  limits.sharedBytesMax = 199_999
  #expect(failure(strings, limits) == .tooLarge)
  limits = .standard
  limits.sharedStringsMax = 0
  #expect(failure(strings, limits) == .tooLarge)

  let ratio = try await workbook(folder, sheet: "repeat 120000 \(String(repeating: " ", count: 1))")
  #expect([.tooLarge, .damaged].contains(failure(ratio)))
  let tag = try await workbook(
    folder, sheet: "<worksheet a='" + String(repeating: "y", count: 3 << 20) + "'><sheetData/></worksheet>")
  #expect(failure(tag) == .tooLarge)
  let deep = try await workbook(folder, sheet: String(repeating: "<a>", count: 100_000))
  #expect(failure(deep) == .forbidden)
}

@Test func entitiesAreRefused() async throws {
  let folder = try TemporaryFolder()
  let laughs = try await workbook(
    folder,
    sheet:
      #"<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&y;</t></is></c></row></sheetData></worksheet>"#
  )
  #expect(failure(laughs) == .forbidden)
  let file = try await workbook(
    folder,
    sheet: #"<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet><sheetData/></worksheet>"#)
  #expect(failure(file) == .forbidden)
}

@Test func limitsHoldAtTheLimitAndNotOnePast() async throws {
  let folder = try TemporaryFolder()
  var limits = SheetLimits.standard
  limits.cellBytesMax = 10
  limits.columnsMax = 3
  func sheet(_ cells: String) async throws -> String {
    try await workbook(folder, sheet: "<worksheet><sheetData><row r=\"7\">\(cells)</row></sheetData></worksheet>")
  }
  #expect(failure(try await sheet(#"<c r="C7" t="str"><v>0123456789</v></c><c r="D7"/>"#), limits) == nil)
  #expect(failure(try await sheet(#"<c r="C7" t="str"><v>0123456789a</v></c>"#), limits) == .cellTooLong)
  #expect(failure(try await sheet(#"<c r="D7"><v>1</v></c>"#), limits) == .tooManyColumns)
  #expect(failure(try await sheet(#"<c r="B7"><v>1</v></c><c r="A7"><v>1</v></c>"#), limits) == .damaged)
  #expect(failure(try await sheet(#"<c r="A7" t="s"><v>9</v></c>"#), limits) == .damaged)
  #expect(failure(try await sheet(#"<c r="ZZZZZ7"><v>9</v></c>"#), limits) == .damaged)
}

@Test func filesThatAreNoWorkbookSaySo() async throws {
  let folder = try TemporaryFolder()
  #expect(failure("\(folder.path)/nothing.xlsx") == .cannotOpen)
  #expect(failure(folder.path) == .cannotOpen)
  #expect(failure(try folder.write("名称,数\n", to: "a.xlsx")) == .cannotOpen)
  let path = "\(folder.path)/b.xlsx"
  let run = try await ProgramRun(
    python, ["-c", "import sys, zipfile\nzipfile.ZipFile(sys.argv[1], 'w').writestr('a', 'b')", path])
  try #require(run.exitCode == 0)
  #expect(failure(path) == .notAWorkbook)
}

@Test func damagedWorkbooksNeverTrap() async throws {
  var random = SeededGenerator("damagedWorkbooks")
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  try await openpyxl(
    path,
    """
    book = openpyxl.Workbook(); sheet = book.active
    for n in range(50): sheet.append([f'企业{n}', n / 7, datetime.date(2023, 1, 1), '=A1'])
    book.save(path)
    """)
  let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  #expect(failure(path) == nil)
  var failures = 0
  for round in 0..<400 {
    var bytes = whole
    if round % 2 == 0 {
      bytes = Array(bytes.prefix(Int.random(in: 0..<whole.count, using: &random)))
    } else {
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
    }
    let damaged = try folder.write(bytes, to: "d.xlsx")
    if failure(damaged) != nil { failures += 1 }
    try? SheetAnnotation.copy(from: damaged, to: "\(folder.path)/e.xlsx", column: 4, limits: .standard) { "第 \($0) 行" }
  }
  #expect(failures > 200, "every truncated one, at least")
}
