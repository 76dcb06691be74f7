public import GuobanMessages
public import GuobanStorage

/// Which region lies in which: the parents of all regions, in memory.
///
/// ```swift
/// let tree = try RegionTree(reader, limits: .standard)
/// tree.lies("410928", in: "410900")
/// ```
public struct RegionTree: Sendable, Equatable {
  /// Regions above each other in any chain that is followed; a longer one is cut here.
  public static let depthMax = 16

  /// By code; "" for one that has nothing above it.
  private var parents: [String: String] = [:]

  /// No regions.
  public init() {}

  /// Every region that `reader` sees.
  public init(_ reader: any LedgerReader, limits: DecodeLimits) throws {
    try reader.every(Ledger.Region.schema.name) { record in
      parents[record.key] = try Ledger.Region(packed: record.bytes, limits: limits).parent
    }
  }

  /// Puts a region in its place.
  public mutating func set(_ code: String, parent: String) {
    parents[code] = parent
  }

  /// Takes a region out.
  public mutating func remove(_ code: String) {
    parents[code] = nil
  }

  /// Whether there is such a region.
  public func contains(_ code: String) -> Bool { parents[code] != nil }

  /// The region, then all above it, upwards. A code that is not a region is alone.
  public func chain(from code: String) -> [String] {
    var chain = [code]
    while chain.count < Self.depthMax, let parent = parents[chain[chain.count - 1]], !parent.isEmpty,
      !chain.contains(parent)
    {
      chain.append(parent)
    }
    return chain
  }

  /// Whether `code` is `ancestor` or lies below it.
  public func lies(_ code: String, in ancestor: String) -> Bool {
    chain(from: code).contains(ancestor)
  }

  /// The region and all below it. Looks at every region.
  public func subtree(of ancestor: String) -> Set<String> {
    Set(parents.keys.filter { lies($0, in: ancestor) }).union([ancestor])
  }

  /// Each of these regions with all below it, in one walk over every region.
  public func subtrees(of ancestors: Set<String>) -> [String: Set<String>] {
    if ancestors.isEmpty { return [:] }
    let children = Dictionary(grouping: parents.keys) { parents[$0] ?? "" }
    var subtrees: [String: Set<String>] = [:]
    for ancestor in ancestors {
      var subtree: Set<String> = []
      var rest = [ancestor]
      // A code is followed once, so that even a ring, which the ledger refuses, has an end.
      while let code = rest.popLast() {
        if subtree.insert(code).inserted { rest += children[code] ?? [] }
      }
      subtrees[ancestor] = subtree
    }
    return subtrees
  }
}
