internal import ArgumentParser
internal import Foundation
internal import GuobanMessages
internal import GuobanRegisters

struct RegisterDefineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "define", abstract: say("定义或修改台账（YAML 文件）。", "Define or change registers (YAML files)."),
    discussion: say(
      """
      例：
        guobanctl register define --shipped              随附的全部台账
        guobanctl register define 安全隐患.yaml --dry-run  只检查
        guobanctl register define 安全隐患.yaml
      几个文件一起写入，或一个也不写。会使已有条目失去依据的修改不被接受，并说明是哪些条目。
      """,
      """
      Examples:
        guobanctl register define --shipped             all that ship
        guobanctl register define hazards.yaml --dry-run  checks only
        guobanctl register define hazards.yaml
      All files are written or none. A change that would orphan or invalidate entries is refused, and says which.
      """))

  @Argument(help: ArgumentHelp(say("定义文件", "Definition files"), valueName: "file.yaml"))
  var files: [String] = []

  @Flag(help: ArgumentHelp(say("随附的全部台账", "All registers that ship")))
  var shipped = false

  @Flag(help: ArgumentHelp(say("只检查，不写入", "Check only; write nothing")))
  var dryRun = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if files.isEmpty && !shipped {
      throw ValidationError(say("请写明定义文件，或用 --shipped。", "Name definition files, or use --shipped."))
    }
  }

  func run() async throws {
    let registers = try definitions().map { try Self.register($0.bytes, file: $0.name) }
    let answer: Ledger.BatchUpsertResponse = try await common.call(
      "/guoban.v1.RegisterService/BatchUpsertRegisters",
      Ledger.BatchUpsertRegistersRequest(registers: registers, requestId: newRequestID(), validateOnly: dryRun))
    let head = dryRun ? say("试运行（没有写入）", "Dry run, nothing written") : say("台账", "Registers")
    Terminal.print(
      say(
        "\(head)：新增 \(answer.created)，更新 \(answer.updated)，未变 \(answer.unchanged)",
        "\(head): \(answer.created) new, \(answer.updated) changed, \(answer.unchanged) as before"))
  }

  private func definitions() throws -> [(name: String, bytes: [UInt8])] {
    var definitions = shipped ? try Sample.registers() : []
    for file in files {
      do {
        definitions.append((file, try readFile(file, bytesMax: RegisterFile.bytesMax)))
      } catch {
        throw Failure.input(
          say("文件 \(file) 读不了：\(error.localizedDescription)", "\(file) cannot be read: \(error.localizedDescription)"))
      }
    }
    return definitions
  }

  private static func register(_ bytes: [UInt8], file: String) throws -> Ledger.Register {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure.input(say("文件 \(file) 不是 UTF-8 文字。", "\(file) is not UTF-8 text."))
    }
    do throws(RegisterFileError) {
      return try RegisterFile.register(yaml: text, file: file)
    } catch {
      throw Failure.input(
        Terminal.harmless(say("\(file)：\(error.path) \(error.rule)。", "\(file): \(error.path) \(error.english).")))
    }
  }
}
