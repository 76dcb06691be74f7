/// How alike two names are, to find what somebody probably meant.
public enum NameLikeness {
  /// Of longer names only so many letters count: the work grows with the product of the lengths.
  public static let lettersMax = 64

  /// Letters to insert, delete or replace to get from one name to the other (Levenshtein); case and underscores do not
  /// count.
  public static func distance(_ left: String, _ right: String) -> Int {
    let left = letters(left)
    let right = letters(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }

  /// How far a name may be from `name` to be worth suggesting.
  public static func distanceMax(_ name: String) -> Int { max(2, name.count / 3) }

  /// The candidate nearest to `name`, when one is near enough.
  public static func nearest(to name: String, among candidates: [String]) -> String? {
    let scored = candidates.map { (name: $0, distance: distance(name, $0)) }
    return scored.filter { $0.distance <= distanceMax(name) }.min { $0.distance < $1.distance }?.name
  }

  /// From 0 (nothing in common worth suggesting) to 1 (equal): what of the longer name stays. For short Chinese names,
  /// where two letters are half of everything.
  public static func share(_ left: String, _ right: String) -> Fraction {
    let longer = max(letters(left).count, letters(right).count)
    let kept = longer - distance(left, right)
    guard kept * 100 >= longer * sharePercentMin, let share = try? Fraction(Int64(kept), over: Int64(longer)) else {
      return .zero
    }
    return share
  }

  private static let sharePercentMin = 34

  private static func letters(_ name: String) -> [Character] {
    Array(name.lowercased().filter { $0 != "_" }.prefix(lettersMax))
  }
}
