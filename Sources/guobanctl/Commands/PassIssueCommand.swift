internal import ArgumentParser
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages

struct PassIssueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: say("签发一张通行证；同车同路线的旧证随之作废。", "Issue a pass; an older one for the same vehicle and route ends."),
    discussion: say(
      """
      例：
        guobanctl pass issue --division 410928 --kind 省内 \\
          --plate 豫J12345 --plate-color 黄 --goods 面粉 --load-tonnes 26.17 \\
          --origin 410928 --destination 410223 --condition 司机不下车 \\
          --holder-name 张三丰 --holder-phone 13812341234
      """,
      """
      Example:
        guobanctl pass issue --division 410928 --kind province \\
          --plate 豫J12345 --plate-color yellow --goods flour --load-tonnes 26.17 \\
          --origin 410928 --destination 410223 --condition driver-stays-in-cab
      """))

  @Option(help: ArgumentHelp(say("签发单位的 6 位区划代码，证号以它开头", "The issuing division's 6 digits"), valueName: "code"))
  var division: String

  @Option(help: ArgumentHelp(say("市内（city）、省内（province）、跨省（interprovince）", "city, province, interprovince")))
  var kind: String

  @Option(help: ArgumentHelp(say("牵引车号牌", "The tractor's plate")))
  var plate: String

  @Option(
    help: ArgumentHelp(
      say("号牌颜色：蓝、黄、绿、黄绿、白、黑", "blue, yellow, green, yellow-green, white, black"), valueName: "colour"))
  var plateColor: String

  @Option(help: ArgumentHelp(say("货物", "The goods")))
  var goods = ""

  @Option(help: ArgumentHelp(say("载重，吨，最多三位小数", "Load in tonnes, three decimals at most"), valueName: "tonnes"))
  var loadTonnes: String?

  @Option(help: ArgumentHelp(say("起点区划代码", "Region code of the origin"), valueName: "code"))
  var origin: String

  @Option(help: ArgumentHelp(say("终点区划代码", "Region code of the destination"), valueName: "code"))
  var destination: String

  @Option(help: ArgumentHelp(say("企业的统一社会信用代码", "The enterprise's USCC"), valueName: "uscc"))
  var enterprise = ""

  @Option(
    help: ArgumentHelp(
      say("条件，可写几次：司机不下车、护送", "A condition, repeatable: driver-stays-in-cab, escort"), valueName: "condition"))
  var condition: [String] = []

  @Option(help: ArgumentHelp(say("首日，不写为今天", "First day; today if left out"), valueName: "date"))
  var validFrom = ""

  @Option(
    help: ArgumentHelp(say("末日，不写为默认天数", "Last day; the configured number of days if left out"), valueName: "date"))
  var validUntil = ""

  @Option(help: ArgumentHelp(say("持证人姓名", "The holder's name"), valueName: "name"))
  var holderName = ""

  @Option(help: ArgumentHelp(say("持证人电话", "The holder's phone"), valueName: "phone"))
  var holderPhone = ""

  @Option(help: ArgumentHelp(say("持证人身份证号", "The holder's identity number"), valueName: "number"))
  var holderId = ""

  @Flag(help: ArgumentHelp(say("只检查，不签发", "Check only; issue nothing")))
  var dryRun = false

  @Flag(help: ArgumentHelp(say("以 JSON 输出", "Print JSON")))
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let request = try request()
    try await common.withClient { client in
      let answer: Ledger.IssuePassResponse = try await client.call(
        "/guoban.v1.PassService/IssuePass", request, timeout: common.callTimeout)
      if json { return Terminal.print(try await Catalog(of: client).text(answer)) }
      Terminal.print(
        dryRun ? say("可以签发（没有签发）：", "May be issued (was not):") : say("已签发：", "Issued:"))
      if let pass = answer.pass { Terminal.print(passText(pass)) }
      for number in answer.replaced {
        Terminal.print(say("  旧证 \(number) 随之作废", "  the older pass \(number) ended"))
      }
    }
  }

  private func request() throws(Failure) -> Ledger.IssuePassRequest {
    var request = Ledger.IssuePassRequest(division: division, plate: plate, enterprise: enterprise, goods: goods)
    request.kind = try choice(kind, PassWords.kinds, option: "--kind")
    request.plateColor = try choice(plateColor, PassWords.plateColors, option: "--plate-color")
    for text in condition {
      request.conditions.append(try choice(text, PassWords.conditions, option: "--condition"))
    }
    if let loadTonnes { request.loadKg = try kilograms(loadTonnes, option: "--load-tonnes") }
    request.origin = origin
    request.destination = destination
    request.validFrom = validFrom
    request.validUntil = validUntil
    if !holderName.isEmpty || !holderPhone.isEmpty || !holderId.isEmpty {
      request.holder = Ledger.Contact(name: holderName, phone: holderPhone, idNumber: holderId)
    }
    request.requestId = newRequestID()
    request.validateOnly = dryRun
    return request
  }
}
