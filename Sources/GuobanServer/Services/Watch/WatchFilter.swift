/// What a watch tells: what was asked for, within what the caller may see.
struct WatchFilter: Sendable, Hashable {
  /// Of ``WatchTypes``.
  var types: UInt64
  /// Empty: wherever.
  var regions: Set<String> = []
  /// Empty: every record.
  var keys: Set<WatchedName> = []
  /// The region outside of which the caller sees nothing; nil: there is none.
  var scope: String?

  /// How a change looks through a filter.
  enum Sight: Sendable {
    case hidden
    case shown
    /// The record was visible before this change, and is no longer.
    case left
  }

  /// How `change` looks through this filter.
  func sight(of change: WatchedChange) -> Sight {
    guard types & change.typeBit != 0, keys.isEmpty || keys.contains(change.name) else { return .hidden }
    if shows(change, in: change.regions) { return .shown }
    // It may still be in some of the regions that this filter asks for, just not in all that it must be in.
    return !change.leftRegions.isEmpty && shows(change, in: change.leftRegions + change.regions) ? .left : .hidden
  }

  /// Whether the record would be visible in these regions.
  private func shows(_ change: WatchedChange, in chain: [String]) -> Bool {
    Self.allows(change, in: chain, scope: scope) && (regions.isEmpty || chain.contains { regions.contains($0) })
  }

  /// Whether whoever is held to `scope` may see the record in these regions, as it may by any other way of reading.
  static func allows(_ change: WatchedChange, in chain: [String], scope: String?) -> Bool {
    guard let scope, WatchTypes.shared & change.typeBit == 0 else { return true }
    return chain.contains(scope)
  }
}
