internal import GuobanAccess

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
    if lies(change.regions, of: change) { return .shown }
    // It may still be in some of the regions that this filter asks for, just not in all that it must be in.
    return !change.leftRegions.isEmpty && lies(change.leftRegions + change.regions, of: change) ? .left : .hidden
  }

  private func lies(_ chain: [String], of change: WatchedChange) -> Bool {
    let isSeen = scope.map { WatchTypes.shared & change.typeBit != 0 || chain.contains($0) } ?? true
    return isSeen && (regions.isEmpty || chain.contains { regions.contains($0) })
  }
}
