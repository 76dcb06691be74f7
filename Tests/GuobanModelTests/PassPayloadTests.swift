import GuobanModel
import GuobanTestSupport
import Testing

struct PassPayloadTests {
  @Test(arguments: [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")])
  func base45IsThatOfTheStandard(bytes: String, text: String) {
    #expect(Base45.text(Array(bytes.utf8)) == text)
    #expect(Base45.bytes(text) == Array(bytes.utf8))
  }

  @Test(arguments: ["A", "ABCD", "GGW", ":::", "::", "ab0", "中文字"]) func whatNoBytesBecomeIsRefused(text: String) {
    #expect(Base45.bytes(text) == nil)
  }

  @Test func anyBytesComeBackFromBase45() {
    var random = SeededGenerator("Base45")
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base45.bytes(Base45.text(bytes)) == bytes)
    }
  }

  private static func random(_ random: inout SeededGenerator) throws -> PassPayload {
    let provinces = Array("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
    let serial = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    let plate =
      String(provinces.randomElement(using: &random) ?? "豫") + "A"
      + String((0..<5).map { _ in serial.randomElement(using: &random) ?? "0" })
    let from = try CivilDate("2022-01-01").addingDays(Int.random(in: 0...20_000, using: &random))
    return PassPayload(
      number: try PassNumber(division: "410928", sequence: Int.random(in: 1...999_999, using: &random)),
      kind: UInt8.random(in: 0...3, using: &random), plate: try Plate(plate),
      plateColor: UInt8.random(in: 0...6, using: &random), validFrom: from,
      validUntil: try from.addingDays(Int.random(in: 0...400, using: &random)), origin: "410928",
      destination: Bool.random(using: &random) ? "430100" : "PY-JKQ",
      conditions: UInt8.random(in: 0...3, using: &random),
      loadKg: UInt32.random(in: 0...1_000_000, using: &random),
      goods: ["面粉", "", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", String(repeating: "货", count: 40)].randomElement(using: &random) ?? "")
  }

  @Test func aPayloadComesBackAndHasOneFormOnly() throws {
    var random = SeededGenerator("pass payloads")
    for _ in 0..<1000 {
      let payload = try Self.random(&random)
      let bytes = try payload.bytes()
      #expect(bytes.count <= PassPayload.Limit.bytesMax)
      #expect(try PassPayload(bytes: bytes) == payload)
      #expect(throws: RuleViolation.self) { try PassPayload(bytes: bytes + [0]) }
      #expect(throws: RuleViolation.self) { try PassPayload(bytes: Array(bytes.dropLast())) }
    }
  }

  @Test func randomBytesAreAPayloadOrRefusedAndNeverTrap() throws {
    var random = SeededGenerator("payload bytes")
    let good = try Self.random(&random).bytes()
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      // One that reads must write the same.
      if let payload = try? PassPayload(bytes: bytes) { #expect(try payload.bytes() == bytes) }
    }
  }

  @Test func numbersHaveNoOtherForm() throws {
    var random = SeededGenerator("pass numbers")
    for _ in 0..<2000 {
      let sequence = Int.random(in: 1...999_999, using: &random)
      let number = try PassNumber(division: "410928", sequence: sequence)
      #expect(number.text.count == 12 && number.sequence == sequence && number.division == "410928")
      #expect(try PassNumber(number.text) == number)
      if sequence < 999_999 { #expect(try number.next.sequence == sequence + 1) }
    }
    for sequence in [0, -1, 1_000_000] {
      #expect(throws: RuleViolation.self) { try PassNumber(division: "410928", sequence: sequence) }
    }
  }

  @Test func platesAreCanonicalOnceAndForAll() throws {
    var random = SeededGenerator("plates")
    let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
    for _ in 0..<2000 {
      let plate = "豫\(letters.randomElement(using: &random) ?? "J")"
      let serial = String(
        (0..<5).map { _ in Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ").randomElement(using: &random) ?? "0" })
      let typed = " \(plate)·\(serial.lowercased()) "
      #expect(try Plate(typed).text == plate + serial)
      #expect(try Plate(try Plate(typed).text) == Plate(typed))
      // I and O are in no plate.
      let bad = plate + serial.dropLast() + (Bool.random(using: &random) ? "I" : "O")
      #expect(throws: RuleViolation.self) { try Plate(bad) }
    }
  }

  @Test func identityNumbersAreCheckedAndNeverRepeated() throws {
    #expect(try IdentityNumber("11010519491231002x").text == "11010519491231002X")
    for bad in ["110105194912310021", "11010519491331002X", "1101051949123100", ""] {
      #expect(throws: RuleViolation.self) { try IdentityNumber(bad) }
    }
    do { _ = try IdentityNumber("110105194912310021") } catch {
      #expect(!error.message.contains("1949") && !error.englishMessage.contains("1949"))
    }
    #expect(maskedIdentityNumber("11010519491231002X") == "1****************X")
  }

  @Test(arguments: PassLife.Phase.allCases, PassLife.Event.allCases)
  func theLifeOfAPassIsATableAndARefusalSaysWhatIsAllowed(phase: PassLife.Phase, event: PassLife.Event) {
    let row = PassLife.transitions.filter { $0.phase == phase && $0.event == event }
    do throws(RuleViolation) {
      let state = try PassLife.state(after: event, in: phase)
      #expect(row.map(\.state) == [state])
    } catch {
      #expect(row.isEmpty && error.rule == "PASS_REFUSED" && error.message.contains(phase.chineseName))
      let isOver = phase == .revoked || phase == .replaced
      #expect(error.message.contains(isOver ? "另签新证" : "现在可以：吊销") || error.message.contains("现在可以：换领"))
      #expect(error.message.contains("办证员"))
    }
  }
}
