import Foundation
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import Testing

@testable import GuobanImport

private func workbook(_ folder: TemporaryFolder, _ program: String) async throws -> String {
  let path = "\(folder.path)/企业.xlsx"
  let run = try await ProgramRun(
    "/usr/bin/python3",
    [
      "-c",
      "import openpyxl, sys, datetime\nbook = openpyxl.Workbook(); sheet = book.active\n\(program)\nbook.save(sys.argv[1])",
      path,
    ])
  try #require(run.exitCode == 0, "\(run.complaint)")
  return path
}

private let heads = "['统一社会信用代码', '企业名称', '所属区划', '职工人数']"

@Test func aClerksWorkbookWithATitleEmptyRowsAndNumbersIsRead() async throws {
  let folder = try TemporaryFolder()
  let path = try await workbook(
    folder,
    """
    sheet['A1'] = '濮阳县企业台账'; sheet.merge_cells('A1:D1')
    sheet.append([]); sheet.append(\(heads)); sheet.append([])
    sheet.append(['91410421MA9GAAAA51', ' 甲公司 ', 410928, 12.0]); sheet.append(['', None, '  '])
    sheet.append(['91410223MA9GAAAA5K', '乙公司', '410928', '1,234'])
    """)
  let read = readBack(path, of: try table("enterprises.csv"))
  #expect(read.found.isEmpty)
  #expect(
    try read.decoded(Ledger.Enterprise.self) == [
      Ledger.Enterprise(uscc: "91410421MA9GAAAA51", name: "甲公司", region: "410928", headcount: 12),
      Ledger.Enterprise(uscc: "91410223MA9GAAAA5K", name: "乙公司", region: "410928", headcount: 1234),
    ])
  #expect(read.records.map(\.line) == [5, 7])
}

@Test func whatASheetCannotSayIsReportedWithItsPlace() async throws {
  let folder = try TemporaryFolder()
  let path = try await workbook(
    folder,
    """
    sheet.append(\(heads))
    sheet.append(['91410421MA9GAAAA51', '甲', 410928, '=1+1'])
    sheet.append(['91410223MA9GAAAA5K', '乙', 410928, 1, '备注'])
    sheet.append(['91410922MA9GAAAA59', '丙', 410928, '#N/A']); sheet['D4'].data_type = 'e'
    sheet.append(['91430502MA9GAAAA5X', '丁', 410928, 1]); sheet.append([None, None, None, 2])
    sheet.merge_cells('A5:A6')
    sheet.append([12345678901234567890, '戊', 410928, 1])
    """)
  let read = readBack(path, of: try table("enterprises.csv"))
  #expect(
    read.found == [
      "企业.xlsx:2 职工人数 CELL_NOT_CALCULATED", "企业.xlsx:3  ROW_CELLS", "企业.xlsx:4 职工人数 CELL_FORMULA_ERROR",
      "企业.xlsx:6 统一社会信用代码 CELL_EMPTY", "企业.xlsx:6 企业名称 CELL_EMPTY", "企业.xlsx:6 所属区划 CELL_EMPTY",
      "企业.xlsx:7 统一社会信用代码 CELL_DIGITS_LOST", "企业.xlsx:5  CELLS_MERGED",
    ])
}

@Test func textComesTheSameInPiecesOfAnySize() throws {
  let text = "区划代码,名称,类型\n410928,\"濮阳,县㐂𠮷\n二\",县\r\n410923,南乐县,县\n"
  guard let gb = GB18030() else { return }
  for bytes in [Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), gb.encode(Array(text.utf8))] {
    for size in [1, 2, 3, 5, 7, 64] {
      var source = try TextSource(bytesMax: .max) { ArrayBytes(bytes, pieceBytesMax: size) }
      var parser = CSVParser(source, limits: .standard)
      #expect(try parser.next()?.cells == ["区划代码", "名称", "类型"])
      #expect(try parser.next()?.cells == ["410928", "濮阳,县㐂𠮷\n二", "县"])
      #expect(try parser.next() == SourceRow(line: 4, cells: ["410923", "南乐县", "县"]))
      #expect(try parser.next() == nil)
      var whole: [UInt8] = []
      while case let piece = try source.next(), !piece.isEmpty { whole += piece }
      #expect(whole == Array(text.utf8))
    }
  }
}

@Test func jsonLinesSayWhatIsWrongWithThem() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(
    """
    {"code": "410928", "name": "濮阳县", "kind": "COUNTY", "_reason": "旧的原因"}

    {"code": "410923", "name": 5}
    not json
    {"code": "410928", "name": "又一次"}
    {"code": "410926", "colour": "red"}
    {"_reason": "只有原因"}
    """, to: "regions.jsonl")
  let read = readBack(path, of: try table("regions.csv"))
  #expect(
    read.problems.kept.map { "\($0.line) \($0.violation.rule)" } == ["3 JSON", "4 JSON", "5 ROW_REPEATED", "6 JSON"])
  #expect(read.rowCount == 5)
}

@Test func aCopyWithReasonsIsTheFileAndReadsAgain() throws {
  let folder = try TemporaryFolder()
  let text = "区划代码,名称,类型\r\n410928,\"濮阳\"\"县\",县\r\n9,甲,县\r\n410923,\"两\n行\",市场\r\n"
  guard let gb = GB18030() else { return }
  for index in 0...1 {
    let bytes = Array(text.utf8)
    let path = try folder.write(index == 0 ? bytes : gb.encode(bytes), to: "区划\(index).csv")
    let source = ImportSource(path: path, name: "区划\(index).csv", format: .csv)
    let read = readBack(path, of: try table("regions.csv"))
    #expect(read.problems.count == 2)
    var written: [UInt8] = []
    let copy = ErrorCopy(source, log: read.log, problems: read.problems, limits: .standard, inEnglish: false)
    try copy.write(to: "") { written += $0 }
    let copied = try folder.write(written, to: "区划-错误\(index).csv")
    let plain = index == 0 ? written : gb.decode(written).text
    let lines = String(decoding: plain, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines[0] == "区划代码,名称,类型,错误原因")
    #expect(lines[1] == "410928,\"濮阳\"\"县\",县,")
    #expect(lines[2].hasPrefix("9,甲,县,“区划代码”："))
    #expect(lines[3].hasPrefix("410923,\"两\n行\",市场,\"“类型”：") || lines[3].hasPrefix("410923,\"两\n行\",市场,“类型”："))
    // The copy says the same of itself, and a copy of it has one column of reasons still.
    let again = readBack(copied, of: try table("regions.csv"))
    let violations = again.problems.kept.map { $0.violation }
    #expect(violations == read.problems.kept.map { $0.violation })
    var second: [UInt8] = []
    try ErrorCopy(
      ImportSource(path: copied, name: "区划-错误\(index).csv", format: .csv), log: again.log, problems: again.problems,
      limits: .standard, inEnglish: false
    ).write(to: "") { second += $0 }
    let secondPlain = index == 0 ? second : gb.decode(second).text
    #expect(String(decoding: secondPlain, as: UTF8.self).contains("类型,错误原因\r\n"))
    #expect(readBack(try folder.write(second, to: "c\(index).csv"), of: try table("regions.csv")).problems.count == 2)
  }
}

@Test func divisionFilesBecomeRegions() throws {
  let folder = try TemporaryFolder()
  let files = [
    "provinces.csv": "code,name\n11,\"北京市\"\n41,\"河南省\"\n44,\"广东省\"\n",
    "cities.csv":
      "code,name,provinceCode\n1101,\"市辖区\",11\n4109,\"濮阳市\",41\n4190,\"省直辖县级行政区划\",41\n4419,\"东莞市\",44\n",
    "areas.csv":
      "code,name,cityCode,provinceCode\n110101,\"东城区\",1101,11\n410928,\"濮阳县\",4109,41\n410971,\"河南濮阳工业园区\",4109,41\n419001,\"济源市\",4190,41\n441900,\"东莞市\",4419,44\n",
  ]
  var regions: [Ledger.Region] = []
  var notes: [String] = []
  for name in ["provinces.csv", "cities.csv", "areas.csv"] {
    let path = try folder.write(files[name] ?? "", to: name)
    let source = ImportSource(path: path, name: name, format: .csv)
    let table = try #require(ImportTable.of(source, limits: .standard))
    var stream = table.open(source, limits: .standard)
    let read = stream.all()
    #expect(read.found.isEmpty)
    regions += try read.decoded(Ledger.Region.self)
    notes += read.log.notes
  }
  #expect(
    regions.map { "\($0.code) \($0.name) \($0.kind) \($0.parent) \($0.rankGroup)" } == [
      "110000 北京市 PROVINCE  ", "410000 河南省 PROVINCE  ", "440000 广东省 PROVINCE  ", "410900 濮阳市 CITY 410000 ",
      "441900 东莞市 CITY 440000 ", "110101 东城区 COUNTY 110000 ", "410928 濮阳县 COUNTY 410900 ",
      "410971 河南濮阳工业园区 ZONE 410900 功能区", "419001 济源市 COUNTY 410000 ",
    ])
  #expect(notes.count == 2)
}

@Test func aYearOfHolidaysIsRead() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(
    #"{"$schema": "x", "year": 2023, "papers": [], "days": [{"name": "元旦", "date": "2022-12-31", "isOffDay": true}, {"name": "春节", "date": "2023-01-28", "isOffDay": false}]}"#,
    to: "2023.json")
  let source = ImportSource(path: path, name: "2023.json", format: .json)
  let table = try #require(ImportTable.of(source, limits: .standard))
  var stream = table.open(source, limits: .standard)
  #expect(
    try stream.all().decoded(Ledger.Holiday.self) == [
      Ledger.Holiday(date: "2022-12-31", name: "元旦", kind: .dayOff, year: 2023),
      Ledger.Holiday(date: "2023-01-28", name: "春节", kind: .workday, year: 2023),
    ])
  let bad = ImportSource(path: try folder.write("{\"year\": 2023}", to: "2024.json"), name: "2024.json", format: .json)
  var other = try #require(ImportTable.of(bad, limits: .standard)).open(bad, limits: .standard)
  #expect(other.all().found == ["2024.json:0  HOLIDAY_FILE"])
}
