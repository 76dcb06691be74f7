internal import ArgumentParser
internal import Foundation
internal import GuobanClient
internal import GuobanWire

struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: say("用 JSON 调用守护进程的任何方法。", "Call any method of the daemon with JSON."),
    discussion: say(
      """
      例：
        guobanctl call PassService/VerifyPass '{"plate": "豫J12345"}'
        guobanctl call ListProjects '{"filter": "region = \\"410928\\"", "page_size": 5}'
        guobanctl call LedgerService/Export '{"record_type": "Region"}'   每条应答一行
        echo '{"key": "410928"}' | guobanctl call GetRegion -
      """,
      """
      Examples:
        guobanctl call PassService/VerifyPass '{"plate": "豫J12345"}'
        guobanctl call LedgerService/Export '{"record_type": "Region"}'   one line per message
        echo '{"key": "410928"}' | guobanctl call GetRegion -
      """))

  @Argument(
    help: ArgumentHelp(
      say("方法名，可只写后半，如 PassService/VerifyPass", "The method; its last part will do, as PassService/VerifyPass"),
      valueName: "method"))
  var method: String

  @Argument(
    help: ArgumentHelp(say("请求的 JSON;- 从标准输入读", "The request as JSON; - reads standard input"), valueName: "json|-"))
  var request = "{}"

  @OptionGroup var common: CommonOptions

  private static let inputBytesMax = 16 << 20

  func run() async throws {
    let text = try request == "-" ? standardInput() : request
    try await common.withClient { client in
      let catalog = try await Catalog(of: client)
      let method = try catalog.method(method)
      let message: [UInt8]
      do throws(DynamicJSONError) {
        message = try catalog.json.packed(text, as: method.input)
      } catch {
        let place = error.field.isEmpty ? "" : "\(error.field): "
        throw Failure.input(
          say("请求不对：\(place)\(error.chinese)", "Bad request: \(place)\(error.english)")
            + say("\n  字段见 guobanctl describe \(method.input)", "\n  Fields: guobanctl describe \(method.input)"))
      }
      guard method.serverStreaming else {
        let answer = try await client.call(method.name, message: message, timeout: common.callTimeout)
        return Terminal.print(try catalog.text(packed: answer, as: method.output))
      }
      for try await answer in try client.stream(method.name, message: message, timeout: common.callTimeout) {
        Terminal.print(oneLine(try catalog.text(packed: answer, as: method.output)))
      }
    }
  }

  private func standardInput() throws -> String {
    let bytes = Array(try FileHandle.standardInput.read(upToCount: Self.inputBytesMax + 1) ?? Data())
    guard bytes.count <= Self.inputBytesMax, let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure.input(
        say(
          "标准输入应是不超过 \(Self.inputBytesMax >> 20) MiB 的 UTF-8 文本。",
          "Standard input must be UTF-8 of at most \(Self.inputBytesMax >> 20) MiB."))
    }
    return text
  }
}
