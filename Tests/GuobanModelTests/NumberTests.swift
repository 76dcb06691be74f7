internal import GuobanModel
internal import Testing

struct NumberTests {
  @Test(arguments: [
    ("128.4", "亿", 1_284_000_000_000 as Int64), ("54.56", "亿元", 545_600_000_000), ("1,234.5", "万元", 1_234_500_000),
    ("１２３，４５６．７８", "元", 12_345_678), ("−5.31", "亿", -53_100_000_000), ("+0", "分", 0),
    ("128.40000000000000", "亿", 1_284_000_000_000), ("92233720368547758.07", "元", .max),
    ("-92233720368547758.08", "元", .min), ("0.0000000001", "亿", 1), ("  790 ", "万", 790_000_000), ("007", "元", 700),
  ])
  func moneyIsReadExactly(text: String, unit: String, fen: Int64) throws {
    #expect(try Fen(text, in: MoneyUnit(unit)).amount == fen)
  }

  @Test(arguments: [
    ("", "元", "NUMBER_FORMAT"), ("-", "元", "NUMBER_FORMAT"), ("1.", "元", "NUMBER_FORMAT"), (".5", "元", "NUMBER_FORMAT"),
    ("1.2.3", "元", "NUMBER_FORMAT"), ("1e3", "元", "NUMBER_FORMAT"), ("12,34", "元", "NUMBER_FORMAT"),
    ("1234,567", "元", "NUMBER_FORMAT"), (",123", "元", "NUMBER_FORMAT"), ("1.234,5", "元", "NUMBER_FORMAT"),
    ("12%", "元", "NUMBER_FORMAT"), ("128亿", "亿", "NUMBER_FORMAT"), ("--1", "元", "NUMBER_FORMAT"),
    ("٣", "元", "NUMBER_FORMAT"),
    ("1.005", "元", "NUMBER_DECIMALS"), ("0.5", "分", "NUMBER_DECIMALS"), ("0.00000000001", "亿", "NUMBER_DECIMALS"),
    ("92233720368547758.08", "元", "NUMBER_OVERFLOW"), ("922337204", "亿", "NUMBER_OVERFLOW"),
    ("999999999999999999999999999999", "亿", "NUMBER_OVERFLOW"),
    ("-999999999999999999999999999999", "亿", "NUMBER_OVERFLOW"),
    ("1" + String(repeating: "0", count: 30), "元", "NUMBER_TOO_LONG"),
    (String(repeating: " ", count: 300), "元", "NUMBER_TOO_LONG"),
    ("1", "美元", "MONEY_UNIT"),
  ])
  func moneyThatIsNoMoney(text: String, unit: String, rule: String) {
    #expect(brokenRule { _ = try Fen(text, in: MoneyUnit(unit)) } == rule)
  }

  @Test func moneyPrintsInItsUnit() throws {
    let amount = try Fen("1234567.891", in: .wanYuan)
    #expect(amount.text(in: .yiYuan, DecimalStyle(decimals: 2)) == "123.46")
    #expect(amount.text(in: .yiYuan, DecimalStyle(decimals: 2, rounding: .truncate)) == "123.45")
    #expect(amount.text(in: .yuan, DecimalStyle(decimals: 2, groupsThousands: true)) == "12,345,678,910.00")
    #expect(Fen(.min).text(in: .fen, DecimalStyle(decimals: 0)) == "-9223372036854775808")
    #expect(Fen(-4).text(in: .yuan, DecimalStyle(decimals: 1)) == "0.0")
    #expect(Fen(-123).description == "-1.23")
    #expect(Fen(5).description == "0.05")
    #expect(try Fen(1).adding(Fen(2)) == Fen(3))
    #expect(brokenRule { _ = try Fen(.max).adding(Fen(1)) } == "NUMBER_OVERFLOW")
    #expect(brokenRule { _ = try Fen(.min).subtracting(Fen(1)) } == "NUMBER_OVERFLOW")
  }

  @Test func indicatorValuesAreMillionths() throws {
    #expect(try DecimalE6("6.1").millionths == 6_100_000)
    #expect(try DecimalE6("-0.000001").millionths == -1)
    #expect(brokenRule { _ = try DecimalE6("0.0000001") } == "NUMBER_DECIMALS")
    #expect(try DecimalE6("6.25").text(DecimalStyle(decimals: 1, rounding: .halfEven, showsPlus: true)) == "+6.2")
  }

  @Test(arguments: [
    (Int64(5), Int64(2), "3", "2", "2"), (-5, 2, "-3", "-2", "-2"), (7, 2, "4", "4", "3"), (1, 2, "1", "0", "0"),
    (-1, 2, "-1", "0", "0"), (1, 3, "0", "0", "0"), (-2, 3, "-1", "-1", "0"), (49, 100, "0", "0", "0"),
    (51, 100, "1", "1", "0"), (.max, 1, "9223372036854775807", "9223372036854775807", "9223372036854775807"),
  ])
  func roundingModes(numerator: Int64, denominator: Int64, halfUp: String, halfEven: String, truncate: String) throws {
    let fraction = try Fraction(numerator, over: denominator)
    #expect(fraction.text(DecimalStyle(decimals: 0, rounding: .halfUp)) == halfUp)
    #expect(fraction.text(DecimalStyle(decimals: 0, rounding: .halfEven)) == halfEven)
    #expect(fraction.text(DecimalStyle(decimals: 0, rounding: .truncate)) == truncate)
  }

  @Test func hexadecimalDigitsAreBytesAndBack() {
    let bytes = Array(UInt8.min...UInt8.max)
    #expect(hexadecimalBytes(hexadecimal(bytes)) == bytes)
    #expect(hexadecimalBytes(hexadecimal(bytes).uppercased()) == bytes)
    #expect(hexadecimalBytes("") == [])
    for text in ["0", "0g", "+f", "0x", " 0", "é"] { #expect(hexadecimalBytes(text) == nil) }
  }

  @Test func fractionsAreExact() throws {
    #expect(try Fraction(54, over: -12).description == "-9/2")
    #expect(try Fraction(.min, over: .min) == Fraction(1))
    #expect(try Fraction(1, over: 3).adding(Fraction(1, over: 6)).description == "1/2")
    #expect(try Fraction(1, over: 3).subtracting(Fraction(1, over: 2)).description == "-1/6")
    #expect(try Fraction(2, over: 3).multiplied(by: Fraction(9, over: 4)).description == "3/2")
    #expect(try Fraction(2, over: 3).divided(by: Fraction(-4, over: 9)).description == "-3/2")
    #expect(brokenRule { _ = try Fraction(1, over: 0) } == "FRACTION_DENOMINATOR")
    #expect(brokenRule { _ = try Fraction(1).divided(by: .zero) } == "FRACTION_DENOMINATOR")
    #expect(brokenRule { _ = try Fraction(.max).adding(Fraction(1)) } == "NUMBER_OVERFLOW")
    #expect(brokenRule { _ = try Fraction(.max).multiplied(by: Fraction(2)) } == "NUMBER_OVERFLOW")
    #expect(brokenRule { _ = try Fraction(.min).subtracting(Fraction(.max)) } == "NUMBER_OVERFLOW")
    // Equal as doubles, different as fractions.
    #expect(try Fraction(.max - 1, over: .max) < Fraction(.max, over: .max))
    #expect(try Fraction(.max - 2, over: .max - 1) < Fraction(.max - 1, over: .max))
  }

  @Test func decimalsOutOfBoundsAreBounded() throws {
    #expect(DecimalStyle(decimals: .max).decimals == DecimalStyle.decimalsMax)
    #expect(DecimalStyle(decimals: .min).decimals == 0)
    let smallest = try Fraction(.min + 1, over: .max)
    #expect(smallest.percentText(DecimalStyle(decimals: 15)) == "-100.000000000000000")
    #expect(try Fraction(1, over: .max).text(DecimalStyle(decimals: 15), dividedBy: .max) == "0.000000000000000")
    #expect(Fraction(.min).percentText(DecimalStyle(decimals: 15)).hasPrefix("-922337203685477580800."))
  }
}
