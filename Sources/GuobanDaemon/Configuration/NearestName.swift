/// Finds the name that somebody probably meant.
enum NearestName {
  /// The nearest of `names` when it is near enough to be worth naming; letter case does not count.
  static func find(_ name: String, in names: [String]) -> String? {
    let name = Array(name.lowercased().prefix(100))
    let nearest = names.map { (name: $0, distance: distance(name, Array($0.lowercased()))) }
      .min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= max(2, nearest.name.count / 3) else { return nil }
    return nearest.name
  }

  /// Levenshtein's distance: insertions, deletions and replacements.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
