/// How the records of a type belong to a region.
public enum RegionTie: Sendable, Equatable {
  /// To the region whose code is at this path, the one of ``RecordSchema/regionPaths``: a column of the record ("region"), or of one it refers to
  /// ("project.region"). No code there: to no region, and only who is held to none sees it.
  case region(at: String)
  /// To all regions at once: everybody reads it, and only who is held to no region writes it.
  case shared
}
