internal import ArgumentParser
internal import GuobanClient
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel

struct PassVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: say("按证号、号牌或两者核验通行证。", "Verify a pass by number, by plate, or by both."),
    discussion: say(
      """
      例：
        guobanctl pass verify 410928000001 --plate 豫J12345
        guobanctl pass verify --plate 豫J12345 --date 2023-06-30
      有效时退出码为 0，无效为 1。
      """,
      """
      Examples:
        guobanctl pass verify 410928000001 --plate 豫J12345
        guobanctl pass verify --plate 豫J12345 --date 2023-06-30
      Exits 0 when the pass is valid, 1 when it is not.
      """))

  @Argument(help: ArgumentHelp(say("12 位证号", "The pass's 12 digits"), valueName: "number"))
  var number: String?

  @Option(help: ArgumentHelp(say("号牌", "The plate")))
  var plate: String?

  @Option(help: ArgumentHelp(say("按哪一天核验，不写为今天", "The day to verify for; today if left out"), valueName: "date"))
  var date: String?

  @Flag(help: ArgumentHelp(say("以 JSON 输出", "Print JSON")))
  var json = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if number == nil && plate == nil {
      throw ValidationError(say("请给出证号或 --plate 号牌。", "Give the pass's number or --plate."))
    }
  }

  func run() async throws {
    try await common.withClient { client in
      let answer: Ledger.VerifyPassResponse = try await client.call(
        "/guoban.v1.PassService/VerifyPass",
        Ledger.VerifyPassRequest(number: number ?? "", plate: plate ?? "", date: date ?? ""),
        timeout: common.callTimeout)
      if json {
        Terminal.print(try await Catalog(of: client).text(answer))
      } else {
        // A reason often begins with the verdict.
        let (word, reason) = (word(answer.verdict), say(answer.reason, englishReason(answer)))
        Terminal.print(Terminal.harmless(reason.hasPrefix(word) ? reason : "\(word): \(reason)"))
        if let pass = answer.pass { Terminal.print(passText(pass)) }
        if !answer.others.isEmpty {
          Terminal.print(
            say(
              "这辆车另有 \(answer.others.count) 张有效的通行证，路线各不相同：",
              "The vehicle has \(answer.others.count) more valid passes, each for another route:"))
        }
        for pass in answer.others { Terminal.print(passText(pass)) }
      }
      if answer.verdict != .valid { throw ExitCode(1) }
    }
  }

  /// The daemon gives its reason in Chinese alone: a checkpoint asks often, and the verdict and the pass say it all.
  private func englishReason(_ answer: Ledger.VerifyPassResponse) -> String {
    guard let verdict = PassVerdict(rawValue: answer.verdict.name) else { return answer.reason }
    return verdict.englishReason(PassFacts(answer.pass ?? Ledger.Pass()), askedPlate: plate ?? "")
  }

  private func word(_ verdict: Ledger.PassVerdict) -> String {
    switch verdict {
    case .valid: say("有效", "valid")
    case .notFound: say("查无此证", "not found")
    case .notYetValid: say("未到有效期", "not yet valid")
    case .expired: say("已过期", "expired")
    case .revoked: say("已吊销", "revoked")
    case .replaced: say("已被新证取代", "replaced")
    case .wrongPlate: say("号牌不符", "wrong plate")
    default: say("无效（\(verdict.name)）", "not valid (\(verdict.name))")
    }
  }
}
