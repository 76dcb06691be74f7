/// A region and everything below it, as it was when this was made.
public final class RegionScope: Sendable {
  /// The region.
  public let region: String
  /// Its code and those of all regions below.
  public let codes: Set<String>

  init(region: String, codes: Set<String>) {
    self.region = region
    self.codes = codes
  }

  /// Whether `code` is the region or below it.
  public func contains(_ code: String) -> Bool { codes.contains(code) }
}

/// Which region is below which: the parents of all Region records. Zones have codes of their own, so digits tell nothing.
struct RegionTree: Sendable {
  /// Of each region, its parent; empty for those at the top.
  private(set) var parents: [String: String] = [:]

  mutating func put(_ code: String, parent: String) { parents[code] = parent }

  mutating func remove(_ code: String) { parents[code] = nil }

  /// The subtrees of `regions`; one that has no record is alone.
  func scopes(of regions: Set<String>) -> [String: RegionScope] {
    guard !regions.isEmpty else { return [:] }
    let children = Dictionary(grouping: parents.keys, by: { parents[$0] ?? "" })
    return Dictionary(
      uniqueKeysWithValues: regions.map { region in
        var codes: Set<String> = []
        var rest = [region]
        // A code is followed once, so that even a ring, which the ledger refuses, has an end.
        while let code = rest.popLast() {
          if codes.insert(code).inserted { rest += children[code] ?? [] }
        }
        return (region, RegionScope(region: region, codes: codes))
      })
  }
}
