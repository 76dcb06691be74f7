internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanPrint

struct PassPrintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: say(
      "打印一张证：A4 页面（.html）或只要二维码（.svg、.png）。", "Print a pass: a page of A4 (.html), or its QR code (.svg, .png)."),
    discussion: say(
      "例：guobanctl pass print 410928000001 -o pass.html\n    guobanctl pass print 410928000001 -o code.png",
      "Examples: guobanctl pass print 410928000001 -o pass.html\n          guobanctl pass print 410928000001 -o code.png"
    ))

  @Argument(help: ArgumentHelp(say("12 位证号", "The pass's 12 digits"), valueName: "number"))
  var number: String

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      say(
        "写到哪个文件：.html、.svg 或 .png；不写就显示二维码的内容",
        "File to write: .html, .svg or .png; without it the code's text is shown"),
      valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp(say("PNG 每个小格的点数", "Dots on a side of a PNG's module"), valueName: "dots"))
  var dots = 8

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !(1...QRCode.dotsMax).contains(dots) {
      throw ValidationError(say("--dots 应在 1 到 \(QRCode.dotsMax) 之间。", "--dots must be 1 to \(QRCode.dotsMax)."))
    }
    if let output, ![".html", ".svg", ".png"].contains(where: output.hasSuffix) {
      throw ValidationError(say("文件名应以 .html、.svg 或 .png 结尾。", "The file must end in .html, .svg or .png."))
    }
  }

  func run() async throws {
    let sheet: PassSheet = try await common.withClient { client in try await self.sheet(client) }
    guard let output else { return Terminal.print(sheet.payload) }
    let made: [UInt8]?
    if output.hasSuffix(".html") {
      made = sheet.html().map { Array($0.utf8) }
    } else {
      let code = QRCode(sheet.payload)
      made = output.hasSuffix(".svg") ? code.map { Array($0.svg(isStandalone: true).utf8) } : code?.png(dots: dots)
    }
    guard let made else { throw Failure.refused(say("内容太长，做不成二维码。", "The text is too long for a QR code.")) }
    try writeNewFile(output, made)
    Terminal.complain(say("已写入 \(output)", "wrote \(output)"))
  }

  private func sheet(_ client: GuobanClient) async throws -> PassSheet {
    let service = "/guoban.v1.PassService"
    let payload: Ledger.PassPayload = try await client.call(
      "\(service)/GetPassPayload", Ledger.GetPassPayloadRequest(number: number), timeout: common.callTimeout)
    let pass: Ledger.Pass = try await client.call(
      "\(service)/GetPass", Ledger.GetRecordRequest(key: number), timeout: common.callTimeout)
    // Names are a courtesy: regions that are not in the ledger, or not to be seen, are printed as their codes.
    var names: [String: String] = [:]
    for code in Set([pass.origin, pass.destination, String(pass.number.prefix(6))]) {
      let region: Ledger.Region? = try? await client.call(
        "/guoban.v1.RegionService/GetRegion", Ledger.GetRecordRequest(key: code), timeout: common.callTimeout)
      names[code] = region?.name
    }
    var enterprise: Ledger.Enterprise?
    if !pass.enterprise.isEmpty {
      enterprise = try? await client.call(
        "/guoban.v1.EnterpriseService/GetEnterprise", Ledger.GetRecordRequest(key: pass.enterprise),
        timeout: common.callTimeout)
    }
    return PassSheet(pass: pass, payload: payload.text, regionNames: names, enterpriseName: enterprise?.name ?? "")
  }
}
