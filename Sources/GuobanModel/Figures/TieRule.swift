/// What ranks equal values get. The names are the usual ones for 1, then two equals, then one more.
public enum TieRule: String, Sendable, CaseIterable {
  /// 1 2 2 4: the best place that the tied share. The default of every ranking.
  case standard = "STANDARD"
  /// 1 2 2 3
  case dense = "DENSE"
  /// 1 3 3 4: the worst place that the tied share.
  case modified = "MODIFIED"
  /// 1 2 3 4: the region code decides.
  case ordinal = "ORDINAL"
  /// 1 2.5 2.5 4: the mean of the places that the tied share.
  case fractional = "FRACTIONAL"

  /// The rank at a place of a run of equals.
  ///
  /// - Parameters:
  ///   - place: 1…, in the whole list.
  ///   - first: the run's first place.
  ///   - last: the run's last place.
  ///   - run: which run of equals, 1….
  func rank(place: Int, first: Int, last: Int, run: Int) -> Fraction {
    switch self {
    case .standard: Fraction(Int64(first))
    case .dense: Fraction(Int64(run))
    case .modified: Fraction(Int64(last))
    case .ordinal: Fraction(Int64(place))
    case .fractional: Fraction(halves: Int64(first + last))
    }
  }
}

extension Fraction {
  /// `count` ÷ 2.
  fileprivate init(halves count: Int64) {
    if count.isMultiple(of: 2) {
      self.init(count / 2)
    } else {
      self.init(inLowestTerms: count, over: 2)
    }
  }
}

/// Which end of an indicator is the good one.
public enum BetterWhen: String, Sendable, CaseIterable {
  case higher = "HIGHER"
  case lower = "LOWER"
}
