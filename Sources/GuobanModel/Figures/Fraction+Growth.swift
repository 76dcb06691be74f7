extension Fraction {
  /// Growth on a base: (current − base) ÷ base. 149 → 173 is 24/149, printed +16.11 %.
  /// - Throws: `FRACTION_DENOMINATOR` when the base is 0, `NUMBER_OVERFLOW` past 64 bits.
  public static func growth(from base: Int64, to current: Int64) throws(RuleViolation) -> Fraction {
    try Fraction(reducing: Int128(current) - Int128(base), over: Int128(base))
  }
}
