/// Finds what somebody probably meant.
enum DescriptorNearest {
  /// The candidate most like `name`, if one is like enough.
  static func best(_ name: String, among candidates: [String]) -> String? {
    let scored = candidates.map { ($0, distance(name, $0)) }
    return scored.filter { $0.1 <= distanceMax(name) }.min { $0.1 < $1.1 }?.0
  }

  /// How many letters may differ for two names to be alike.
  static func distanceMax(_ name: String) -> Int { max(2, name.count / 3) }

  /// How many letters to insert, delete or replace (Levenshtein), letters' case and underscores aside. Of longer names
  /// only the first 64 letters count.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = letters(left)
    let right = letters(right)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let replaced = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }

  private static func letters(_ name: String) -> [Character] {
    Array(name.lowercased().filter { $0 != "_" }.prefix(64))
  }
}
