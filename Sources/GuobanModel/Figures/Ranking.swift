/// One line of a ranking.
public struct Ranked<Item: Sendable>: Sendable {
  public let item: Item
  /// Nil: there is no figure. The item is listed last and has no rank; nothing is guessed.
  public let value: Fraction?
  /// A whole number, except under the fractional tie rule.
  public let rank: Fraction?
}

/// The items in listing order with their ranks: exact fractions compared, then region codes.
///
/// - Parameters:
///   - value: what is ranked by; nil for an item without a figure.
///   - regionCode: orders the tied, and those without a figure; decides ranks under the ordinal rule.
public func rank<Item: Sendable>(
  _ items: [Item], by value: (Item) -> Fraction?, regionCode: (Item) -> String, better: BetterWhen, tieRule: TieRule
) -> [Ranked<Item>] {
  let keyed = items.map { (item: $0, value: value($0), code: regionCode($0)) }
  let listed = keyed.sorted { left, right in
    switch (left.value, right.value) {
    case (let mine?, let theirs?) where mine != theirs: better == .higher ? mine > theirs : mine < theirs
    case (_?, nil): true
    case (nil, _?): false
    default: left.code.unicodeScalars.lexicographicallyPrecedes(right.code.unicodeScalars)
    }
  }
  var ranked: [Ranked<Item>] = []
  ranked.reserveCapacity(listed.count)
  var run = 0
  while ranked.count < listed.count {
    let start = ranked.count
    guard let value = listed[start].value else {
      ranked.append(Ranked(item: listed[start].item, value: nil, rank: nil))
      continue
    }
    let end = listed[start...].firstIndex { $0.value != value } ?? listed.count
    run += 1
    for index in start..<end {
      let rank = tieRule.rank(place: index + 1, first: start + 1, last: end, run: run)
      ranked.append(Ranked(item: listed[index].item, value: value, rank: rank))
    }
  }
  return ranked
}

/// The items that rank among themselves.
public struct RankGroup<Item: Sendable>: Sendable {
  /// A region's `rank_group`: empty for the ordinary one.
  public let name: String
  /// In listing order.
  public let rows: [Ranked<Item>]
}

/// Ranks each `rank_group` apart: zones (功能区) do not compete with counties. The ordinary group comes first.
public func rankGroups<Item: Sendable>(
  _ items: [Item], by value: (Item) -> Fraction?, regionCode: (Item) -> String, group: (Item) -> String,
  better: BetterWhen, tieRule: TieRule
) -> [RankGroup<Item>] {
  let groups = Dictionary(grouping: items, by: group)
  let names = groups.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
  return names.map { name in
    let rows = rank(groups[name] ?? [], by: value, regionCode: regionCode, better: better, tieRule: tieRule)
    return RankGroup(name: name, rows: rows)
  }
}
