internal import Testing

@testable internal import GuobanModel

struct CodeTests {
  @Test(arguments: [
    "91410421MA9GAAAA51", "91410223MA9GAAAA5K", "91410922MA9GAAAA59", "91430502MA9GAAAA5X", "91410602MA9GAAAA5T",
  ])
  func usccAcceptsValidSamples(text: String) throws {
    #expect(try USCC(text).text == text)
    #expect(try USCC(" \(text.lowercased())\n").text == text)
  }

  @Test func usccWorkedExampleOfTheStandardNeedsThree() throws {
    #expect(USCC.checkSum(of: "91350100M000100Y4".unicodeScalars) == 1640)
    #expect(try USCC("91350100M000100Y43").text == "91350100M000100Y43")
    let violation = try #require(throws: RuleViolation.self) { try USCC("91350100M000100Y44") }
    #expect(violation.rule == "USCC_CHECK_CHARACTER")
    #expect(violation.message.contains("应为 3"))
    #expect(violation.message.contains("91350100M000100Y44"))
  }

  @Test(arguments: [
    ("", "USCC_LENGTH"),
    ("91410421MA9GAAAA5", "USCC_LENGTH"),
    ("91410421MA9GAAAA511", "USCC_LENGTH"),
    ("9141O421MA9GAAAA51", "USCC_CHARACTER"),
    ("91410421MA9GAAAA5Z", "USCC_CHARACTER"),
    ("91410421MA9GAAAA5壹", "USCC_CHARACTER"),
    ("91410421MA9GAAAA52", "USCC_CHECK_CHARACTER"),
    ("91410412MA9GAAAA51", "USCC_CHECK_CHARACTER"),
    (String(repeating: "9", count: 513), "CODE_TOO_LONG"),
  ])
  func usccRefuses(text: String, rule: String) {
    #expect(brokenRule { _ = try USCC(text) } == rule)
  }

  /// Weights of GB 32100 are all units mod 31, so one wrong character is always seen.
  @Test func usccSeesEveryWrongCharacter() throws {
    let valid = Array("91410922MA9GAAAA59")
    for place in valid.indices {
      for other in "0123456789ABCDEFGHJKLMNPQRTUWXY" where other != valid[place] {
        var wrong = valid
        wrong[place] = other
        #expect(brokenRule { _ = try USCC(String(wrong)) } == "USCC_CHECK_CHARACTER")
      }
    }
  }

  @Test(arguments: [
    ("豫J12345", "豫J12345", Plate.Kind.ordinary),
    ("豫j·12345", "豫J12345", .ordinary),
    (" 湘 E•A1B2C ", "湘EA1B2C", .ordinary),
    ("豫Ｊ１２３４５", "豫J12345", .ordinary),
    ("豫JD12345", "豫JD12345", .newEnergySmall),
    ("粤BAF1234", "粤BAF1234", .newEnergySmall),
    ("豫J12345D", "豫J12345D", .newEnergyLarge),
    ("粤Z1234港", "粤Z1234港", .crossBorder),
    ("粤ZAB12澳", "粤ZAB12澳", .crossBorder),
    ("豫J1234学", "豫J1234学", .coach),
    ("豫J1234警", "豫J1234警", .police),
  ])
  func plateAcceptsAndNormalises(text: String, canonical: String, kind: Plate.Kind) throws {
    let plate = try Plate(text)
    #expect(plate.text == canonical)
    #expect(plate.kind == kind)
  }

  @Test(arguments: [
    ("", "PLATE_PROVINCE"), ("J12345", "PLATE_PROVINCE"), ("使014578", "PLATE_PROVINCE"),
    ("豫J1234", "PLATE_LENGTH"), ("豫J1234567", "PLATE_LENGTH"),
    ("豫I12345", "PLATE_OFFICE"), ("豫O12345", "PLATE_OFFICE"), ("豫112345", "PLATE_OFFICE"),
    ("豫J1234O", "PLATE_SERIAL"), ("豫J123I5", "PLATE_SERIAL"), ("豫J1234港", "PLATE_SERIAL"), ("豫J学学学学学", "PLATE_SERIAL"),
    ("豫J1234挂", "PLATE_TRAILER"), ("沪A1234领", "PLATE_DIPLOMATIC"),
    ("豫JL12345", "PLATE_NEW_ENERGY"), ("豫J123456", "PLATE_NEW_ENERGY"), ("豫JDO1234", "PLATE_NEW_ENERGY"),
    ("豫J12345L", "PLATE_NEW_ENERGY"), ("豫JDA123A", "PLATE_NEW_ENERGY"), ("豫J1234A挂", "PLATE_NEW_ENERGY"),
  ])
  func plateRefuses(text: String, rule: String) {
    #expect(brokenRule { _ = try Plate(text) } == rule)
  }

  @Test(arguments: [
    ("410000", RegionCode.Level.province), ("410900", .city), ("410928", .county), ("419001", .county),
    ("410928101", .township), ("441900003", .township),
  ])
  func regionCodeKnowsItsLevel(text: String, level: RegionCode.Level) throws {
    #expect(try RegionCode(text).level == level)
  }

  @Test(arguments: [
    ("41092", "REGION_CODE_DIGITS"), ("41092A", "REGION_CODE_DIGITS"), ("4109281", "REGION_CODE_DIGITS"),
    ("990101", "REGION_CODE_PROVINCE"), ("410001", "REGION_CODE_LEVEL"), ("410928000", "REGION_CODE_LEVEL"),
    ("410000001", "REGION_CODE_LEVEL"),
  ])
  func regionCodeRefuses(text: String, rule: String) {
    #expect(brokenRule { _ = try RegionCode(text) } == rule)
  }

  @Test func regionIdentifierTellsZonesFromNationalCodes() throws {
    #expect(try RegionIdentifier("410971") == .national(RegionCode("410971")))
    #expect(try RegionIdentifier("py-jkq") == .zone(ZoneCode("PY-JKQ")))
    #expect(brokenRule { _ = try ZoneCode("410971") } == "ZONE_CODE")
    #expect(brokenRule { _ = try ZoneCode("PY_JKQ") } == "ZONE_CODE")
    #expect(try ZoneCode(String(repeating: "A", count: 32)).text.count == 32)
    #expect(brokenRule { _ = try ZoneCode(String(repeating: "A", count: 33)) } == "ZONE_CODE")
    #expect(brokenRule { _ = try RegionIdentifier("") } == "REGION_CODE_DIGITS")
  }

  @Test func projectCodeIsNationalOrLocal() throws {
    #expect(try ProjectCode(" 2302-410928-04-01-123456 ").text == "2302-410928-04-01-123456")
    #expect(try ProjectCode("濮阳县-2023-001").text == "濮阳县-2023-001")
    #expect(try ProjectCode(String(repeating: "濮", count: 64)).text.count == 64)
    #expect(brokenRule { _ = try ProjectCode(String(repeating: "濮", count: 65)) } == "PROJECT_CODE_CHARACTERS")
    #expect(brokenRule { _ = try ProjectCode("2302-410928-04-01-12345") } == "PROJECT_CODE_STRUCTURE")
    #expect(brokenRule { _ = try ProjectCode("a/b") } == "PROJECT_CODE_CHARACTERS")
    #expect(brokenRule { _ = try ProjectCode("") } == "PROJECT_CODE_CHARACTERS")
  }

  @Test func passNumbersCountUpFromOne() throws {
    let first = try PassNumber(division: "410922", sequence: 1)
    #expect(first.text == "410922000001")
    #expect(try first.next.text == "410922000002")
    #expect(try PassNumber("410922999999").sequence == 999_999)
    #expect(brokenRule { _ = try PassNumber("410922999999").next } == "PASS_NUMBER_SEQUENCE")
    #expect(brokenRule { _ = try PassNumber("410922000000") } == "PASS_NUMBER_SEQUENCE")
    #expect(brokenRule { _ = try PassNumber("990922000001") } == "PASS_NUMBER_DIVISION")
    #expect(brokenRule { _ = try PassNumber(division: "410922101", sequence: 1) } == "PASS_NUMBER_DIVISION")
    #expect(brokenRule { _ = try PassNumber("41092200001") } == "PASS_NUMBER_DIGITS")
    #expect(try PassNumber("410922000009") < PassNumber("410922000010"))
  }

  @Test func indicatorAndIndustryCodes() throws {
    #expect(try IndicatorCode("gdp_growth").text == "GDP_GROWTH")
    for bad in ["", "1GDP", "GDP-X", "指标", String(repeating: "A", count: 65)] {
      #expect(brokenRule { _ = try IndicatorCode(bad) } == "INDICATOR_CODE")
    }
    for good in ["C", "C26", "C261", "C2614", "A01", "T97", "Q84"] { #expect(try IndustryCode(good).text == good) }
    for bad in ["", "U97", "C2", "C26145", "26", "C2A"] {
      #expect(brokenRule { _ = try IndustryCode(bad) } == "INDUSTRY_CODE")
    }
    for bad in ["C12", "C44", "A06", "T01"] {
      #expect(brokenRule { _ = try IndustryCode(bad) } == "INDUSTRY_DIVISION")
    }
  }

  @Test func messagesNeverRepeatMoreThanTheyShould() throws {
    let hostile = "\u{1B}[31m\n" + String(repeating: "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", count: 30)
    let violation = try #require(throws: RuleViolation.self) { try ProjectCode(hostile) }
    #expect(violation.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(violation.message.unicodeScalars.count < 300)
  }
}
