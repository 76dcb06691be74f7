/// How a figure is rounded, once, at print.
public enum RoundingMode: String, Sendable, CaseIterable {
  /// 四舍五入: a half goes away from zero. The default of every report.
  case halfUp = "HALF_UP"
  /// GB/T 8170 四舍六入五成双: a half goes to the even neighbour.
  case halfEven = "HALF_EVEN"
  /// Towards zero.
  case truncate = "TRUNCATE"

  /// `dividend` ÷ `divisor` as an integer; both at least zero, the divisor above it.
  func quotient(_ dividend: Int128, by divisor: Int128) -> Int128 {
    precondition(dividend >= 0 && divisor > 0, "rounding works on magnitudes")
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    let rest = divisor - remainder  // compared instead of doubling, which could overflow
    let up =
      switch self {
      case .halfUp: remainder >= rest
      case .halfEven: remainder > rest || (remainder == rest && !quotient.isMultiple(of: 2))
      case .truncate: false
      }
    return up ? quotient + 1 : quotient
  }
}
