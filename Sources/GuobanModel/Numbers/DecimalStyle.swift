/// How an exact number is printed.
public struct DecimalStyle: Hashable, Sendable {
  /// Digits after the point, kept within 0…`decimalsMax`.
  public let decimals: Int
  /// What happens to the digits that are not printed.
  public let rounding: RoundingMode
  /// `1,234.5`
  public let groupsThousands: Bool
  /// `+17.97`: what prints as zero has no sign.
  public let showsPlus: Bool

  /// More decimals than this could leave 128 bits.
  public static let decimalsMax = 15

  /// Decimals out of bounds are brought within: they may come from a reporter.
  public init(
    decimals: Int, rounding: RoundingMode = .halfUp, groupsThousands: Bool = false, showsPlus: Bool = false
  ) {
    self.decimals = min(max(decimals, 0), Self.decimalsMax)
    self.rounding = rounding
    self.groupsThousands = groupsThousands
    self.showsPlus = showsPlus
  }

  /// `dividend` ÷ `divisor`. The dividend is at most 2^76 in magnitude, so ten to the decimals fits beside it in 128 bits.
  func text(_ dividend: Int128, over divisor: Int128) -> String {
    var scale: Int128 = 1
    for _ in 0..<decimals { scale *= 10 }
    let magnitude = dividend < 0 ? -dividend : dividend
    let rounded = rounding.quotient(magnitude * scale, by: divisor)
    var text = rounded == 0 ? "" : dividend < 0 ? "-" : showsPlus ? "+" : ""
    let whole = String(rounded / scale)
    text += groupsThousands ? Self.grouped(whole) : whole
    if decimals > 0 {
      let fraction = String(rounded % scale)
      text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
    return text
  }

  private static func grouped(_ digits: String) -> String {
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.utf8.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
