internal import ArgumentParser
internal import Foundation

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: say("写出样例台账（CSV），供试用和照样填写。", "Write the sample ledger as CSV files."),
    discussion: say(
      "例：guobanctl sample --into 样例\n目录可以已有，但其中不能有同名文件。",
      "Example: guobanctl sample --into sample\nNothing is overwritten."))

  @Option(help: ArgumentHelp(say("写到哪个目录", "The folder to write into"), valueName: "dir"))
  var into: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let files = try Sample.files()
    do {
      try FileManager.default.createDirectory(atPath: into, withIntermediateDirectories: true)
    } catch {
      throw Failure.input(
        say("目录 \(into) 建不了：\(error.localizedDescription)", "\(into): \(error.localizedDescription)"))
    }
    for (name, _) in files where FileManager.default.fileExists(atPath: "\(into)/\(name)") {
      throw Failure.input(
        say("\(into) 里已有 \(name)，没有写任何文件；请换一个目录。", "\(into) already has \(name); nothing was written."))
    }
    for (name, bytes) in files { try writeNewFile("\(into)/\(name)", bytes) }
    Terminal.print(
      say("样例已写入 \(into)，共 \(files.count) 个文件；导入：guobanctl import \(into)", "Wrote \(files.count) files into \(into).")
    )
  }
}
