/// How alike two names are, from 0 (nothing in common worth suggesting) to 1 (equal): edit distance over length.
///
/// Bounded: only the first 64 characters count.
public func nearness(of left: String, to right: String) -> Double {
  let a = Array(left.lowercased().prefix(64))
  let b = Array(right.lowercased().prefix(64))
  let longer = max(a.count, b.count)
  guard longer > 0 else { return 0 }
  var previous = Array(0...b.count)
  for (row, character) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      let replaced = previous[column] + (character == other ? 0 : 1)
      current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  let likeness = 1 - Double(previous[b.count]) / Double(longer)
  return likeness < 0.34 ? 0 : likeness
}
