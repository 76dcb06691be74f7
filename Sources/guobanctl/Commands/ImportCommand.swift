internal import ArgumentParser
internal import GuobanImport
internal import GuobanWire

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: say("把一个文件夹里的 CSV 导入台账。", "Import a folder of CSV files."),
    discussion: say(
      """
      例：
        guobanctl import 样例 --dry-run   只检查，不写入
        guobanctl import 样例
      每种记录一个文件：\(ImportTable.files.joined(separator: "、"))。
      第一行是表头，金额列在表头写单位，如 总投资(亿元)。UTF-8 和 GB18030（Excel 的 CSV）都能读。
      一个文件要么全部写入，要么一条也不写；每处错误都说明文件、行、列和原因。它没有写入时，引用它的文件不处理。
      """,
      """
      Examples:
        guobanctl import sample --dry-run   checks only
        guobanctl import sample
      One file per record type: \(ImportTable.files.joined(separator: ", ")).
      The first row is the header; columns of money say their unit in it: 总投资(亿元). UTF-8 and GB18030 are read.
      A file is written as a whole or not at all; every fault is reported with file, line, column and reason. Files that
      refer to one that was not written are skipped.
      """))

  @Argument(help: ArgumentHelp(say("放 CSV 的文件夹", "The folder with the CSV files"), valueName: "dir"))
  var folder: String

  @Flag(help: ArgumentHelp(say("只检查（包括守护进程的检查），不写入", "Check only, the daemon's checks included; write nothing")))
  var dryRun = false

  @Flag(help: ArgumentHelp(say("列出每一处错误（平时每个文件最多 20 处）", "List every problem, not only 20 of each file")))
  var allProblems = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let folder = try ImportFolder(path: folder)
    for stranger in folder.strangers { Terminal.complain(ImportFolder.hint(about: stranger)) }
    let summary: ImportRun.Summary
    do {
      var run = try await ImportRun(
        common: common, isDryRun: dryRun, limits: allProblems ? .standard.withAllProblems : .standard)
      summary = try await run.run(folder)
    } catch let status as Status {
      throw Failure(status)
    }
    let counts = say(
      "新增 \(summary.created)，更新 \(summary.updated)，未变 \(summary.unchanged)",
      "\(summary.created) new, \(summary.updated) changed, \(summary.unchanged) as before")
    let done = summary.files - summary.failedFiles.count - summary.skippedFiles.count
    let head =
      dryRun
      ? say("试运行（没有写入）", "Dry run, nothing written") : say("导入", "Import")
    Terminal.print(
      say(
        "\(head)：\(done) 个文件通过，共 \(summary.rows) 行：\(counts)",
        "\(head): \(done) files, \(summary.rows) rows: \(counts)"))
    guard summary.failedFiles.isEmpty else {
      let names = (summary.failedFiles + summary.skippedFiles).joined(separator: say("、", ", "))
      throw Failure.refused(
        say(
          "没有写入：\(names)。请改正后重新导入；其他文件已如上处理。",
          "Not written: \(names). Correct and import again; the others stand as said above."))
    }
  }
}
