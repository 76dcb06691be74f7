internal import ArgumentParser
internal import Foundation
internal import GuobanImport
internal import GuobanSheet

struct ImportTemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: say("写出空表和填写说明。", "Write an empty file and what its columns take."),
    discussion: say(
      """
      例：
        guobanctl import template 企业 -o 企业.xlsx   第二页是填写说明，选项列有下拉框
        guobanctl import template TICKET              在终端列出各列
        guobanctl import template 项目 -o 项目.csv    说明写在 项目-填写说明.csv
      """,
      """
      Examples:
        guobanctl import template Enterprise -o enterprises.xlsx   the second sheet explains the columns
        guobanctl import template TICKET                           lists the columns
      """))

  @Argument(help: ArgumentHelp(say("哪种记录，如 企业 或 Enterprise", "The record type, as Enterprise"), valueName: "type"))
  var type: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(say("写到哪个文件：.xlsx 或 .csv", "The file to write: .xlsx or .csv"), valueName: "path"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard isRecordType(type) else { throw ValidationError(unknownType(type)) }
    if let output, ![.xlsx, .csv].contains(FileFormat(fileName: output)) {
      throw ValidationError(say("文件名要以 .xlsx 或 .csv 结尾。", "The file's name must end in .xlsx or .csv."))
    }
  }

  func run() async throws {
    let template = try await common.table(type).template
    guard let output else {
      let rows = template.explanations.map { row in Array(row.prefix(6)) }
      return Terminal.print(alignedColumns([Array(Template.explanationHeads.prefix(6))] + rows))
    }
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Failure.input(say("文件 \(output) 已经存在，没有覆盖它。", "\(output) exists and was left as it is."))
    }
    if FileFormat(fileName: output) == .csv {
      let guide = String(output.dropLast(4)) + "-填写说明.csv"
      guard !FileManager.default.fileExists(atPath: guide) else {
        throw Failure.input(say("文件 \(guide) 已经存在，没有覆盖它。", "\(guide) exists and was left as it is."))
      }
      try writeNewFile(output, template.csv)
      try writeNewFile(guide, template.csvExplanations)
      return Terminal.print(say("空表写到 \(output)，填写说明写到 \(guide)。", "Wrote \(output) and \(guide)."))
    }
    do throws(SheetError) {
      try template.writeWorkbook(output, temporaryFolder: FileManager.default.temporaryDirectory.path)
    } catch {
      throw Failure.input(say("文件 \(output) 写不了：\(error.detail)", "\(output) cannot be written: \(error.detail)"))
    }
    Terminal.print(say("空表写到 \(output)，第二页是填写说明。", "Wrote \(output); its second sheet explains the columns."))
  }
}
