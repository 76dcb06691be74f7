/// How a rank moved since the period before.
public enum RankChange: Hashable, Sendable {
  /// By how many places: half places exist under the fractional tie rule.
  case up(Fraction)
  case down(Fraction)
  case unchanged
  /// Had no rank before.
  case new
  /// Has no rank now.
  case unranked
  /// The two rankings were not made the same way.
  case notComparable
}

/// What two rankings must share before their ranks may be compared: the method's version and the units ranked.
public struct RankBasis: Hashable, Sendable {
  /// Of the method that made the ranking; a report's `method_version`.
  public let methodVersion: String
  /// The codes of all units in the rank group, those without a figure included.
  public let units: Set<String>

  public init(methodVersion: String, units: Set<String>) {
    self.methodVersion = methodVersion
    self.units = units
  }
}

extension RankChange {
  /// - Parameters:
  ///   - previous: the rank before; nil if the unit had none.
  ///   - current: the rank now; nil if the unit has none.
  public init(from previous: Fraction?, on previousBasis: RankBasis, to current: Fraction?, on currentBasis: RankBasis)
  {
    guard previousBasis == currentBasis else {
      self = .notComparable
      return
    }
    guard let current else {
      self = .unranked
      return
    }
    guard let previous else {
      self = .new
      return
    }
    guard current != previous else {
      self = .unchanged
      return
    }
    let isUp = current < previous
    // Ranks are counts of units, or halves of them; only a made-up rank can leave 64 bits.
    guard let places = try? isUp ? previous.subtracting(current) : current.subtracting(previous) else {
      self = .notComparable
      return
    }
    self = isUp ? .up(places) : .down(places)
  }
}
