import Foundation
import GuobanImport
import GuobanSheet
import GuobanTestSupport
import Testing

/// Writes records as an export does.
func write(_ records: [[UInt8]], of table: ImportTable, to path: String, _ format: FileFormat) throws {
  let heads = Set(try records.flatMap { try table.openHeads(of: $0) }).sorted()
  let export = table.export(openHeads: heads)
  switch format {
  case .jsonl:
    try records.map { table.jsonLine($0) + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
  case .xlsx:
    let writer = try SheetWriter(
      path: path, sheetName: table.title, temporaryFolder: FileManager.default.temporaryDirectory.path)
    try writer.write(export.heads.map { .text($0) }, style: .head)
    for record in records { try writer.write(export.cells(record)) }
    try writer.close()
  case .csv, .json:
    let lines =
      [CSVText.line(export.heads.map { .text($0) })] + (try records.map { try CSVText.line(export.cells($0)) })
    try Data(CSVText.byteOrderMark + Array(lines.joined().utf8)).write(to: URL(fileURLWithPath: path))
  }
}

func readBack(_ path: String, of table: ImportTable) -> ImportedFile {
  let name = URL(fileURLWithPath: path).lastPathComponent
  let format = FileFormat(fileName: name) ?? .csv
  var stream = table.open(ImportSource(path: path, name: name, format: format), limits: .standard)
  return stream.all()
}

@Test(arguments: ImportTable.records.map(\.stem), FileFormat.written)
func everyRecordComesBackAsItWasWritten(stem: String, format: FileFormat) throws {
  let table = try #require(ImportTable.records.first { $0.stem == stem })
  var random = RandomRecords("everyRecordComesBack \(stem) \(format)")
  let records = random.records(table.recordType, 80)
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.\(format)"
  try write(records, of: table, to: path, format)
  let read = readBack(path, of: table)
  #expect(read.found.isEmpty)
  #expect(read.records.count == records.count)
  let different = records.indices.first { read.records.indices.contains($0) && read.records[$0].bytes != records[$0] }
  if let different {
    Issue.record("\(table.jsonLine(records[different]))\n\(table.jsonLine(read.records[different].bytes))")
  }
}

@Test(arguments: FileFormat.written)
func everyEntryOfARegisterComesBackAsItWasWritten(format: FileFormat) throws {
  var random = RandomRecords("everyEntryOfARegister \(format)")
  let (register, entries) = random.entries(60)
  let table = ImportTable.entries(of: register)
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.\(format)"
  try write(entries, of: table, to: path, format)
  let read = readBack(path, of: table)
  #expect(read.found.isEmpty)
  #expect(read.records.map(\.bytes) == entries)
}

@Test(arguments: ImportTable.records.map(\.stem))
func whatAnotherLibrarySavesAgainComesBackTheSame(stem: String) async throws {
  let table = try #require(ImportTable.records.first { $0.stem == stem })
  var random = RandomRecords("whatAnotherLibrarySavesAgain \(stem)")
  let records = random.records(table.recordType, 40)
  let folder = try TemporaryFolder()
  let path = "\(folder.path)/a.xlsx"
  try write(records, of: table, to: path, .xlsx)
  let again = "\(folder.path)/b.xlsx"
  let run = try await ProgramRun(
    "/usr/bin/python3",
    ["-c", "import openpyxl, sys\nopenpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])", path, again])
  try #require(run.exitCode == 0, "\(run.complaint)")
  let read = readBack(again, of: table)
  #expect(read.found.isEmpty)
  #expect(read.records.map(\.bytes) == records)
}

@Test func everyTemplateIsReadAsAnEmptyFileOfItsType() async throws {
  let folder = try TemporaryFolder()
  for table in ImportTable.records {
    let path = "\(folder.path)/表.xlsx"
    try table.template.writeWorkbook(path, temporaryFolder: folder.path)
    let read = readBack(path, of: table)
    #expect(read.found.isEmpty, "\(table.stem)")
    #expect(read.rowCount == 0)
    let csv = try folder.write(table.template.csv, to: "表.csv")
    #expect(readBack(csv, of: table).found.isEmpty)
    #expect(table.template.explanations.allSatisfy { $0.count == Template.explanationHeads.count })
    let source = ImportSource(path: path, name: "表.xlsx", format: .xlsx)
    #expect(ImportTable.of(source, limits: .standard)?.stem == table.stem, "recognised by its heads")
  }
}
