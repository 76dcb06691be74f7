internal import ArgumentParser
internal import GuobanImport
internal import GuobanWire

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: say("把表格导入台账，或写出空表。", "Import files of records, or write empty ones."),
    discussion: say(
      """
      例：
        guobanctl import 样例 --dry-run             只检查，不写入
        guobanctl import 样例                       文件夹里认得的文件，按引用的先后
        guobanctl import 企业.xlsx --errors 企业-错误.xlsx
        guobanctl import 2023.json                  国务院放假通知（节假日与调休）
        guobanctl import template 企业 -o 企业.xlsx  空表，第二页是填写说明
        guobanctl import 补贴.xlsx --type register:support  自定义台账
      每种记录一个文件：\(ImportTable.files.joined(separator: "、"))；.xlsx 和 .jsonl 也可以，文件名用中文也可以。
      第一行是表头，金额列在表头写单位，如 总投资(亿元)。CSV 用 UTF-8 或 GB18030（Excel 的 CSV）都能读。
      一个文件要么全部写入，要么一条也不写；每处错误都说明文件、行、列和原因。它没有写入时，引用它的文件不处理。
      超过守护进程一次收的量（默认 10 万条）的文件分部分写入，每部分要么全写、要么全不写；中断后加 --resume 接着导入。
      """,
      """
      Examples:
        guobanctl import sample --dry-run   checks only
        guobanctl import sample
        guobanctl import enterprises.xlsx --errors errors.xlsx
        guobanctl import template Enterprise -o enterprises.xlsx
      One file per record type: \(ImportTable.files.joined(separator: ", ")); .xlsx and .jsonl as well.
      The first row is the header; columns of money say their unit in it: 总投资(亿元). UTF-8 and GB18030 are read.
      A file is written as a whole or not at all; every fault is reported with file, line, column and reason. Files that
      refer to one that was not written are skipped. A file that is longer than the daemon takes at once (100 000 records
      by default) goes in parts, each written as a whole or not at all; after a cut, --resume goes on.
      """),
    subcommands: [ImportFilesCommand.self, ImportTemplateCommand.self], defaultSubcommand: ImportFilesCommand.self)
}

struct ImportFilesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files", abstract: say("导入文件或文件夹（可省略 files）。", "Import files or folders; the default."))

  @Argument(help: ArgumentHelp(say("文件，或放文件的文件夹", "Files, or folders with files"), valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      say("是什么表，如 企业 或 Enterprise；平时看文件名和表头", "What they hold, as Enterprise; else name and heads say"),
      valueName: "type"))
  var type: String?

  @Flag(help: ArgumentHelp(say("只检查（包括守护进程的检查），不写入", "Check only, the daemon's checks included; write nothing")))
  var dryRun = false

  @Flag(help: ArgumentHelp(say("列出每一处错误（平时每个文件最多 20 处）", "List every problem, not only 20 of each file")))
  var allProblems = false

  @Option(
    help: ArgumentHelp(
      say("有错误时写出带“错误原因”列的副本；导入几个文件时是文件夹", "Where to write copies with a column of reasons, if there are any"),
      valueName: "path"))
  var errors: String?

  @Option(help: ArgumentHelp(say("接着做一次中断了的导入", "Go on with an import that was cut"), valueName: "run"))
  var resume: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let type, !isRecordType(type) { throw ValidationError(unknownType(type)) }
    if let resume,
      resume.isEmpty || resume.count > 20 || !resume.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    {
      throw ValidationError(say("--resume 后面是中断时给出的代号。", "--resume takes the name that was given at the cut."))
    }
  }

  func run() async throws {
    // With copies every problem is kept, however many are shown.
    let limits = allProblems || errors != nil ? ImportLimits.standard.withAllProblems : .standard
    var table: ImportTable?
    if let type { table = try await common.table(type) }
    let list = try ImportList(paths, type: table, limits: limits)
    for stranger in list.strangers { Terminal.complain(ImportList.hint(about: stranger)) }
    let summary: ImportRun.Summary
    do {
      var run = try await ImportRun(
        common: common, options: .init(isDryRun: dryRun, showsAllProblems: allProblems, resume: resume), limits: limits,
        errors: try ErrorFiles(errors, items: list.items))
      summary = try await run.run(list.items)
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
