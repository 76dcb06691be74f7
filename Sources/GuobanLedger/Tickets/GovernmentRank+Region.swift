public import GuobanMessages
public import GuobanModel
public import GuobanStorage

extension GovernmentRank {
  /// How high an office stands that is held to a region; a zone stands as what is one below its parent.
  ///
  /// - Parameter region: nil for an office that is held to none. One that the ledger does not have ranks lowest.
  public init(ofRegion region: String?, in reader: any LedgerReader, limits: DecodeLimits) throws {
    guard var code = region else {
      self = .everywhere
      return
    }
    var zones = 0
    while zones < RegionTree.depthMax, let bytes = try reader.record(Ledger.Region.schema.name, code) {
      let region = try Ledger.Region(packed: bytes, limits: limits)
      guard region.kind == .zone else {
        self = Self(region.kind).lowered(by: zones)
        return
      }
      zones += 1
      code = region.parent
    }
    self = .township
  }

  private init(_ kind: Ledger.RegionKind) {
    switch kind {
    case .province: self = .province
    case .city: self = .city
    case .county: self = .county
    default: self = .township
    }
  }

  private func lowered(by steps: Int) -> GovernmentRank {
    (0..<steps).reduce(self) { rank, _ in rank.below }
  }
}
