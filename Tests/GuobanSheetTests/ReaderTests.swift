import GuobanSheet
import GuobanTestSupport
import Testing

@Test func whatAnotherLibraryWritesIsReadAsText() async throws {
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  try await openpyxl(
    path,
    """
    book = openpyxl.Workbook(); sheet = book.active
    sheet.append(['文字', 0.1, 0.3, 1e-5, -2.5, 100, 123456789012345, True, False, ' 空 格 ', 'a\\nb'])
    sheet.append([])
    sheet.append([None, None, datetime.date(2023, 6, 30), datetime.datetime(2023, 6, 30, 14, 30, 5)])
    sheet['D4'] = datetime.date(2023, 6, 1); sheet['D4'].number_format = 'yyyy"年"m"月"'
    sheet['E4'] = datetime.date(2023, 6, 2); sheet['E4'].number_format = '[$-804]yyyy"年"m"月"d"日";@'
    sheet['H4'] = datetime.datetime(2023, 6, 30); sheet['I4'] = datetime.datetime(2023, 6, 30); sheet['I4'].number_format = 'm/d/yy h:mm'
    sheet['F4'] = 0.375; sheet['F4'].number_format = '0.00%'
    sheet['G4'] = 12.5; sheet['G4'].number_format = '#,##0.00"元";[Red]-#,##0.00'
    book.save(path)
    """)
  let found = try rows(path)
  #expect(
    found.map(\.cells) == [
      [
        "文字", "0.1", "0.3", "0.00001", "-2.5", "100", "123456789012345", "是", "否", " 空 格 ", "a\nb",
      ],
      ["", "", "2023-06-30", "2023-06-30 14:30:05"],
      ["", "", "", "2023-06", "2023-06-02", "0.375", "12.5", "2023-06-30 00:00:00", "2023-06-30 00:00:00"],
    ])
  #expect(found.map(\.number) == [1, 3, 4])
  #expect(found.allSatisfy { $0.faults.isEmpty })
}

@Test func bothCalendarsGiveTheSameDays() async throws {
  for epoch in ["WINDOWS_EPOCH", "MAC_EPOCH"] {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.xlsx"
    try await openpyxl(
      path,
      """
      from openpyxl.utils.datetime import \(epoch)
      book = openpyxl.Workbook(); book.epoch = \(epoch); sheet = book.active
      for day in ['1904-01-02', '1999-12-31', '2000-02-29', '2024-02-29', '9999-12-31']:
        sheet.append([datetime.date.fromisoformat(day)])
      book.save(path)
      """)
    #expect(
      try rows(path).flatMap(\.cells) == ["1904-01-02", "1999-12-31", "2000-02-29", "2024-02-29", "9999-12-31"])
  }
}

@Test func cellsWithoutAUsableValueSaySo() async throws {
  let folder = try TemporaryFolder()
  let styles =
    #"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy/m/d"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>"#
  let path = try await workbook(
    folder,
    sheet: """
      <worksheet><sheetData><row r="2"><c r="A2"><f>B1+1</f></c><c r="B2" t="e"><v>#N/A</v></c><c r="C2"><f>1+1</f><v>2</v></c>\
      <c r="D2"><v>1234567890123456789</v></c><c r="E2" s="1"><v>60</v></c><c r="F2" s="1"><v>59</v></c>\
      <c r="G2" s="1"><v>61</v></c><c r="H2" t="str"><f>""</f><v></v></c><c r="I2" t="d"><v>2023-06-30</v></c><c r="J2"><v>0.30000000000000004</v></c>\
      <c r="K2"><v>0.10000000000000001</v></c></row></sheetData>\
      <mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="C1:D1"/></mergeCells></worksheet>
      """, parts: ["xl/styles.xml": styles])
  let reader = try SheetReader(path: path, limits: .standard)
  let row = try #require(try reader.next())
  #expect(
    row.cells == [
      "", "#N/A", "2", "1234567890123456800", "60", "1900-02-28", "1900-03-01", "", "2023-06-30", "0.3", "0.1",
    ])
  #expect(
    row.faults == [
      0: .uncalculated, 1: .error("#N/A"), 3: .digitsLost("1234567890123456800"), 4: .notADate("60"),
    ])
  #expect(try reader.next() == nil)
  #expect(reader.merges == ["A2:A3", "C1:D1"])
}

@Test func formulasGiveTheDigitsThatASpreadsheetShows() async throws {
  let folder = try TemporaryFolder()
  let values: [(stored: String, shown: String)] = [
    ("0.30000000000000004", "0.3"), ("3.3000000000000003", "3.3"), ("-0.99999999999999989", "-1"),
    ("3.3333333333333337E-6", "0.00000333333333333333"), ("1284000.0000000002", "1284000"),
    ("123456789012.34", "123456789012.34"), ("123456789012345.6", "123456789012346"),
    ("123456789012340.5", "123456789012341"), ("0.12345678901234566", "0.123456789012346"),
    ("999999999999999.9", "1000000000000000"), ("1234567890123456.5", "1234567890123456.5"),
  ]
  let cells = values.map { "<c><f>A9</f><v>\($0.stored)</v></c>" }.joined()
  let path = try await workbook(
    folder, sheet: "<worksheet><sheetData><row r=\"1\">\(cells)</row></sheetData></worksheet>")
  let row = try #require(try rows(path).first)
  #expect(row.cells == values.map(\.shown))
  #expect(row.faults == [9: .digitsLost("1000000000000000"), 10: .digitsLost("1234567890123456.5")])
}

@Test func richTextPhoneticsEscapesAndPrefixesAreUnderstood() async throws {
  let folder = try TemporaryFolder()
  let path = try await workbook(
    folder,
    sheet: """
      <x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c>\
      <x:c t="inlineStr"><x:is><x:t>内&lt;联&gt;</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>
      """,
    parts: [
      "xl/sharedStrings.xml":
        "<sst><si><r><t>粗</t></r><r><t>细</t></r><rPh><t>cu</t></rPh></si><si><t>a_x000D__x005F_x000D_b</t></si></sst>"
    ])
  #expect(try rows(path).map(\.cells) == [["粗细", "a\r_x000D_b", "内<联>"]])
}

@Test func onlyTheFirstVisibleSheetIsRead() async throws {
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  try await openpyxl(
    path,
    """
    book = openpyxl.Workbook(); book.active.append(['藏']); book.active.sheet_state = 'hidden'
    book.create_sheet('第二').append(['见']); book.create_sheet('第三').append(['后'])
    book.save(path)
    """)
  #expect(try rows(path).map(\.cells) == [["见"]])
}
