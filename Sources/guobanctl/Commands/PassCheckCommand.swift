internal import ArgumentParser
internal import Foundation
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel

struct PassCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: say("离线核验二维码的内容：只要公钥文件，不用守护进程。", "Verify the text of a QR code offline: with the public keys alone."),
    discussion: say(
      """
      例：guobanctl pass check 'GBP1:…' --public-key guoban-pass.pub --plate 豫J12345
          扫码枪 | guobanctl pass check - --public-key guoban-pass.pub
      有效时退出码为 0，无效为 1。离线看不到吊销和换证。
      """,
      """
      Example: guobanctl pass check 'GBP1:…' --public-key guoban-pass.pub --plate 豫J12345
      Exits 0 when the pass is valid, 1 when it is not. Revocations are not seen offline.
      """))

  @Argument(help: ArgumentHelp(say("二维码的内容；- 表示从标准输入读", "The code's text; - reads standard input"), valueName: "text"))
  var payload: String

  @Option(
    help: ArgumentHelp(say("公钥文件，见 pass public-key", "File of public keys, see pass public-key"), valueName: "file"))
  var publicKey: String

  @Option(help: ArgumentHelp(say("车上的号牌", "The vehicle's plate")))
  var plate: String?

  @Option(help: ArgumentHelp(say("按哪一天核验，不写为今天", "The day to verify for; today if left out"), valueName: "date"))
  var date: String?

  @Option(help: ArgumentHelp(say("语言", "Language"), valueName: "zh|en"))
  var lang: String?

  func run() throws {
    let keys = try PublicKeyFile.read(publicKey)
    let (asked, day) = try question()
    let text = payload == "-" ? String(readLine() ?? "") : payload
    let pass: PassPayload
    do throws(PassSignature.Problem) {
      pass = try PassSignature.payload(text, publicKeys: keys)
    } catch {
      Terminal.print(say("无效：\(error.message)", "not valid: \(error.englishMessage)"))
      throw ExitCode(1)
    }
    let verdict = PassValidity.verdict(
      state: .issued, validFrom: pass.validFrom, validUntil: pass.validUntil, on: day,
      plateMatches: asked == nil || asked == pass.plate)
    let facts = PassFacts(
      plate: pass.plate.text, validFrom: pass.validFrom.text, validUntil: pass.validUntil.text)
    let askedPlate = asked?.text ?? ""
    Terminal.print(
      say(verdict.reason(facts, askedPlate: askedPlate), verdict.englishReason(facts, askedPlate: askedPlate)))
    Terminal.print(Terminal.harmless(details(pass)))
    if asked == nil { Terminal.print(say("  请核对车上的号牌：\(pass.plate.text)", "  look at the plate: \(pass.plate.text)")) }
    if verdict == .valid {
      Terminal.print(say("  离线核验：看不到签发后的吊销和换证", "  offline: a later revocation is not seen"))
    } else {
      throw ExitCode(1)
    }
  }

  private func question() throws(Failure) -> (Plate?, CivilDate) {
    do throws(RuleViolation) {
      let now = Int64(Date().timeIntervalSince1970)
      let day = try date.map { text throws(RuleViolation) in try CivilDate(text) }
      let today = try CivilDate(epochSeconds: now, in: .shanghai)
      return (try plate.map { text throws(RuleViolation) in try Plate(text) }, day ?? today)
    } catch {
      throw .input(say(error.message, error.englishMessage))
    }
  }

  private func details(_ pass: PassPayload) -> String {
    let load = tonnesText(Int64(pass.loadKg))
    let conditions = [(1, Ledger.PassCondition.driverStaysInCab), (2, .escort)].compactMap { bit, condition in
      pass.conditions & bit != 0 ? conditionText(condition) : nil
    }
    var lines = [
      say("  通行证 \(pass.number)  \(pass.plate)", "  pass \(pass.number)  \(pass.plate)"),
      say("  路线 \(pass.origin) → \(pass.destination)", "  route \(pass.origin) → \(pass.destination)"),
      say("  有效期 \(pass.validFrom) 至 \(pass.validUntil)", "  valid \(pass.validFrom) to \(pass.validUntil)"),
      say("  货物 \(pass.goods) \(load) 吨", "  goods \(pass.goods) \(load) t"),
    ]
    if !conditions.isEmpty {
      lines.append(say("  条件 ", "  conditions ") + conditions.joined(separator: say("、", ", ")))
    }
    return lines.joined(separator: "\n")
  }
}
