import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanPrint
import GuobanTestSupport
import Testing

struct QRCodeTests {
  private static let pass = Ledger.Pass(
    number: "430500000001", kind: .interprovince, plate: "湘E12345", plateColor: .yellow, goods: "生活物资<米&面>",
    loadKg: 26_170, origin: "430500", destination: "430100", conditions: [.driverStaysInCab, .escort],
    validFrom: "2022-11-14", validUntil: "2022-11-20", state: .issued,
    holder: Ledger.Contact(name: "张**", phone: "138****1234"))

  private func text() throws -> String {
    try PassSignature.text(try PassPayload(Self.pass), key: try KeyMaterial.random(.passSigning))
  }

  /// zbar reads what was drawn: an independent decoder.
  private func decoded(_ png: [UInt8]) async throws -> String {
    let folder = try TemporaryFolder()
    let run = try await ProgramRun("zbarimg", ["--quiet", "--raw", try folder.write(png, to: "code.png")])
    return String(run.text.dropLast(run.text.hasSuffix("\n") ? 1 : 0))
  }

  @Test func zbarReadsThePNGOfASignedPass() async throws {
    let text = try text()
    let code = try #require(QRCode(text))
    // Version 7 or less at level M: what alphanumeric mode is for.
    #expect(code.size <= 17 + 4 * 8, "\(code.size)")
    #expect(try await decoded(try #require(code.png(dots: 4))) == text)
  }

  @Test(arguments: [1, 2, 10]) func everySizeOfDotsIsReadable(dots: Int) async throws {
    let text = try text()
    let png = try #require(QRCode(text)?.png(dots: dots))
    if dots > 1 { #expect(try await decoded(png) == text) }
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func theSVGHasTheModulesOfTheCode() throws {
    let code = try #require(QRCode("GBP1:ABC"))
    let svg = code.svg(isStandalone: true)
    #expect(svg.contains("viewBox=\"0 0 \(code.size + 8) \(code.size + 8)\""))
    // Draws the path again, run by run.
    var drawn = Set<[Int]>()
    for run in svg.split(separator: "M").dropFirst() {
      let numbers = run.split { !$0.isNumber }.prefix(3).compactMap { Int($0) }
      guard numbers.count == 3, run.contains("h\(numbers[2])v1") else { continue }
      for x in numbers[0]..<(numbers[0] + numbers[2]) { drawn.insert([x - 4, numbers[1] - 4]) }
    }
    for y in 0..<code.size {
      for x in 0..<code.size { #expect(code.isDark(x, y) == drawn.contains([x, y])) }
    }
  }

  @Test func aTextThatIsTooLongMakesNoCode() {
    #expect(QRCode(String(repeating: "A", count: 20_000)) == nil)
    #expect(QRCode("a\0b") == nil)
    #expect(QRCode("") != nil)
  }

  @Test func theSheetSaysWhatACheckpointAsks() throws {
    let sheet = PassSheet(
      pass: Self.pass, payload: try text(), regionNames: ["430500": "邵阳市", "430100": "长沙市"], enterpriseName: "")
    let html = try #require(sheet.html())
    for wanted in [
      "跨省货运车辆通行证", "430500000001", "湘E12345", "2022-11-14 至 2022-11-20", "邵阳市（430500） → 长沙市（430100）", "26.170 吨",
      "司机不下车、护送", "生活物资&lt;米&amp;面&gt;", "张** 138****1234", "size: A4", "<svg ",
    ] { #expect(html.contains(wanted), "\(wanted)") }
    #expect(!html.contains("<米"))
    #expect(!html.contains("http-equiv") && !html.contains("<script") && !html.contains("src="))
  }
}
