internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanSheet
internal import GuobanWire

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: say("把一种记录写成 CSV、JSONL 或 Excel。", "Write records as CSV, JSONL or a workbook."),
    discussion: say(
      """
      例：
        guobanctl export 企业 -o 企业.xlsx
        guobanctl export Project --filter 'region = "410928"' -o 项目.csv
        guobanctl export Ticket --format jsonl | grep 用地
      取的是同一时刻的数据。写出的文件可以原样导入回来。
      """,
      """
      Examples:
        guobanctl export Enterprise -o enterprises.xlsx
        guobanctl export Project --filter 'region = "410928"' -o projects.csv
        guobanctl export Ticket --format jsonl | grep LAND
      All of it is as of one moment. What is written can be imported again.
      """))

  @Argument(help: ArgumentHelp(say("哪种记录，如 企业 或 Enterprise", "The record type, as Enterprise"), valueName: "type"))
  var type: String

  @Option(
    help: ArgumentHelp(say("筛选条件，如 region = \"410928\"", "Which records, as region = \"410928\""), valueName: "filter"))
  var filter = ""

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      say("写到哪个文件：.csv、.jsonl 或 .xlsx；不写就到标准输出", "The file: .csv, .jsonl or .xlsx; else standard output"),
      valueName: "path"))
  var output: String?

  @Option(help: ArgumentHelp(say("到标准输出时的格式", "Format on standard output"), valueName: "csv|jsonl"))
  var format = "csv"

  @Flag(help: ArgumentHelp(say("覆盖已有的文件", "Replace a file that is there")))
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !isRecordType(type) { throw ValidationError(unknownType(type)) }
    if let output {
      guard let format = FileFormat(fileName: output), FileFormat.written.contains(format) else {
        throw ValidationError(
          say("文件名要以 .csv、.jsonl 或 .xlsx 结尾。", "The file's name must end in .csv, .jsonl or .xlsx."))
      }
    } else if !["csv", "jsonl"].contains(format) {
      throw ValidationError(say("--format 只能是 csv 或 jsonl；Excel 请用 -o 文件名.xlsx。", "--format must be csv or jsonl."))
    }
  }

  func run() async throws {
    let table = try await common.table(type)
    if let output, !force, FileManager.default.fileExists(atPath: output) {
      throw Failure.input(
        say("文件 \(output) 已经存在，没有覆盖它；要覆盖请加 --force。", "\(output) exists and was left as it is; --force replaces it."))
    }
    // Half a file is never left under the name that was asked for.
    let partial = output.map { $0 + ".partial" }
    do {
      let count = try await write(table, to: partial)
      if let output, let partial {
        guard rename(partial, output) == 0 else { throw CocoaError(.fileWriteUnknown) }
        Terminal.print(
          say("\(table.title) \(count) 条，写到 \(output)", "\(count) records of \(table.recordType) in \(output)"))
      }
    } catch {
      if let partial { try? FileManager.default.removeItem(atPath: partial) }
      if let error = error as? SheetError { throw Self.unwritable(error) }
      if error is CocoaError {
        throw Failure.input(
          say("文件写不了：\(error.localizedDescription)", "The file cannot be written: \(error.localizedDescription)"))
      }
      throw error
    }
  }

  private func write(_ table: ImportTable, to path: String?) async throws -> Int {
    let format = output.flatMap(FileFormat.init(fileName:)) ?? FileFormat(rawValue: format) ?? .csv
    var progress = Progress(say("导出 \(table.title)", "exporting \(table.recordType)"), unit: say("条", "records"))
    defer { Terminal.endProgress() }
    guard table.hasOpenHeads, format != .jsonl else {
      var sink = try sink(table, format, path, openHeads: [])
      var count = 0
      try await forEachRecord(table) { record in
        try sink.write(record)
        count += 1
        progress.show(count, of: nil)
      }
      try sink.close()
      return count
    }
    // The heads are known only after the last record.
    let spool = try RecordSpool()
    var heads: Set<String> = []
    try await forEachRecord(table) { record in
      try spool.append(record)
      heads.formUnion(try table.openHeads(of: record))
      progress.show(spool.count, of: nil)
    }
    var sink = try sink(table, format, path, openHeads: heads.sorted())
    try spool.replay { try sink.write($0) }
    try sink.close()
    return spool.count
  }

  private func sink(
    _ table: ImportTable, _ format: FileFormat, _ path: String?, openHeads: [String]
  ) throws -> any RecordSink {
    switch format {
    case .jsonl: LineSink(table: table, file: try BufferedFile(path))
    case .xlsx: try WorkbookSink(table.export(openHeads: openHeads), title: table.title, path: path ?? "")
    case .csv, .json: try CSVSink(table.export(openHeads: openHeads), file: try BufferedFile(path))
    }
  }

  private func forEachRecord(_ table: ImportTable, _ body: ([UInt8]) throws -> Void) async throws {
    let request = Ledger.ExportRequest(
      recordType: table.recordType, filter: filter, register: register(named: type))
    let client = try await common.connect()
    do {
      let messages = try client.stream("/guoban.v1.LedgerService/Export", message: request.packed(), timeout: nil)
      for try await message in messages {
        for record in try Ledger.ExportResponse(packed: message, limits: .standard).records { try body(record) }
      }
      await client.shutdown()
    } catch {
      await client.shutdown()
      if let status = error as? Status { throw Failure(status) }
      throw error
    }
  }

  private static func unwritable(_ error: SheetError) -> Failure {
    switch error.code {
    case .tooLarge:
      .input(
        say(
          "一张 Excel 工作表最多 \(SheetWriter.rowsMax) 行：请用 --filter 分开导出，或导出为 .csv。",
          "A worksheet has at most \(SheetWriter.rowsMax) rows; use --filter, or write .csv."))
    case .cellTooLong:
      .input(
        say(
          "第 \(error.row) 行第 \(error.column + 1) 列超过 Excel 一格 \(SheetWriter.cellCharactersMax) 字的上限：请导出为 .csv 或 .jsonl。",
          "Row \(error.row), column \(error.column + 1) is longer than a workbook's cell may be; write .csv or .jsonl.")
      )
    default:
      .input(say("文件写不了：\(error.detail)", "The file cannot be written: \(error.detail)"))
    }
  }
}
