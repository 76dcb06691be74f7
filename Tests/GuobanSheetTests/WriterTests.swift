import Foundation
import GuobanSheet
import GuobanTestSupport
import Testing

@Test func whatIsWrittenIsReadByAnotherLibrary() async throws {
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  let writer = try SheetWriter(path: path, sheetName: "企业", temporaryFolder: folder.path)
  writer.setWidths([20, 12])
  writer.freezeHead()
  writer.offer(SheetChoice(column: 1, allowed: ["规上", "规下"]))
  try writer.write([.text("名称"), .text("金额(万元)")], style: .head)
  try writer.write([
    .text("=1+1"), .number("0.1"), .number("123456789012345678"), .date("2023-06-30"), .date("1900-01-01"), .empty,
    .text("a\r\nb\u{1}_x000D_"), .number("-123456789.012345"),
  ])
  try writer.addSheet("说明")
  try writer.write([.text("第二页")])
  try writer.close()
  let seen = try await openpyxl(
    path,
    """
    book = openpyxl.load_workbook(path)
    print(book.sheetnames, [[type(c.value).__name__ + ':' + str(c.value) for c in r] for r in book.active.iter_rows(min_row=2, max_col=5)],
          book.active['H2'].value, book.active.freeze_panes, book.active.data_validations.dataValidation[0].formula1)
    """)
  #expect(
    seen == """
      ['企业', '说明'] [['str:=1+1', 'float:0.1', 'str:123456789012345678', 'datetime:2023-06-30 00:00:00', 'str:1900-01-01']] \
      -123456789.012345 A2 "规上,规下"

      """)
  #expect(
    try rows(path).map(\.cells) == [
      ["名称", "金额(万元)"],
      [
        "=1+1", "0.1", "123456789012345678", "2023-06-30", "1900-01-01", "", "a\r\nb\u{1}_x000D_", "-123456789.012345",
      ],
    ])
}

@Test func decimalsOfFifteenDigitsComeBackAsTheyWere() throws {
  var random = SeededGenerator("decimalsOfFifteenDigits")
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  let writer = try SheetWriter(path: path, sheetName: "a", temporaryFolder: folder.path)
  var texts: [String] = []
  for _ in 0..<5000 {
    let digits = Int.random(in: 1...15, using: &random)
    var text = String(Int.random(in: 0..<Int(pow(10, Double(digits))), using: &random))
    let decimals = Int.random(in: 0...10, using: &random)
    if decimals > 0 {
      text = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals))
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    if Bool.random(using: &random), text != "0" { text = "-" + text }
    texts.append(text)
    try writer.write([.number(text)])
  }
  try writer.close()
  #expect(try rows(path).map { $0.cells.first ?? "" } == texts)
}

@Test func aCellThatIsTooLongForTheFormatIsRefusedWithItsPlace() throws {
  let folder = try TemporaryFolder()
  let writer = try SheetWriter(path: "\(folder.path)/a.xlsx", sheetName: "a", temporaryFolder: folder.path)
  try writer.write([.text(String(repeating: "长", count: SheetWriter.cellCharactersMax))])
  do throws(SheetError) {
    try writer.write([.empty, .text(String(repeating: "长", count: SheetWriter.cellCharactersMax + 1))])
    Issue.record("it was written")
  } catch {
    #expect(error.code == .cellTooLong)
    #expect((error.row, error.column) == (2, 1))
  }
}

@Test func aCopyWithNotesLeavesEverythingElseAsItWas() async throws {
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  let copy = "\(folder.path)/b.xlsx"
  let second = "\(folder.path)/c.xlsx"
  try await openpyxl(
    path,
    """
    from openpyxl.styles import PatternFill, Font
    book = openpyxl.Workbook(); sheet = book.active
    sheet.append(['名称', '数', '日期'])
    for n in range(3000): sheet.append([f'企业&<{n}>', n / 7, datetime.date(2023, 1, 1)])
    sheet['B5'] = '=SUM(B2:B4)'; sheet['A2'].fill = PatternFill('solid', fgColor='FFFF00'); sheet['A2'].font = Font(bold=True)
    sheet['F9'] = '远处'; sheet.merge_cells('A10:A11'); sheet.column_dimensions['A'].width = 33
    other = book.create_sheet('别页'); other['A1'] = '=1+1'
    book.save(path)
    """)
  try SheetAnnotation.copy(from: path, to: copy, column: 3, limits: .standard) { row in
    row == 1 ? "错误原因" : row % 1000 == 0 ? "第 \(row) 行 <错> & \"x\"" : nil
  }
  // Once more over the copy: the notes that stand there are replaced.
  try SheetAnnotation.copy(from: copy, to: second, column: 3, limits: .standard) { row in
    row == 1 ? "错误原因" : row == 9 ? "只此一处" : nil
  }
  let compare = """
    import zipfile
    a, b = [openpyxl.load_workbook(p) for p in (path, path.replace('a.xlsx', sys.argv[2] + '.xlsx'))]
    notes = {c.row: c.value for c in b.worksheets[0]['D'] if c.value}
    same = all(x.value == y.value and x.style_id == y.style_id for x, y in zip(
        (c for r in a.worksheets[0].iter_rows(max_col=6) for c in r if c.column != 4),
        (c for r in b.worksheets[0].iter_rows(max_col=6) for c in r if c.column != 4)))
    za, zb = zipfile.ZipFile(path), zipfile.ZipFile(path.replace('a.xlsx', sys.argv[2] + '.xlsx'))
    parts = [n for n in za.namelist() if za.read(n) != zb.read(n)]
    print(same, a.worksheets[0].merged_cells.ranges == b.worksheets[0].merged_cells.ranges, b.worksheets[1]['A1'].value, parts, zb.testzip(), notes)
    """
  func compared(_ name: String) async throws -> String {
    let run = try await ProgramRun(
      python, ["-c", "import openpyxl, sys\npath = sys.argv[1]\n" + compare, path, name])
    try #require(run.exitCode == 0, "\(run.complaint)")
    return run.text
  }
  #expect(
    try await compared("b")
      == """
      True True =1+1 ['xl/worksheets/sheet1.xml'] None {1: '错误原因', 1000: '第 1000 行 <错> & "x"', \
      2000: '第 2000 行 <错> & "x"', 3000: '第 3000 行 <错> & "x"'}

      """)
  #expect(
    try await compared("c")
      == "True True =1+1 ['xl/worksheets/sheet1.xml'] None {1: '错误原因', 9: '只此一处'}\n")
}
