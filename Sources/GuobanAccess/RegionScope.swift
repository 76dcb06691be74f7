/// A region and everything below it, as it was when this was made.
public final class RegionScope: Sendable {
  /// The region.
  public let region: String
  /// Its code and those of all regions below.
  public let codes: Set<String>

  /// A region with what is below it.
  public init(region: String, codes: Set<String>) {
    self.region = region
    self.codes = codes
  }

  /// Whether `code` is the region or below it.
  public func contains(_ code: String) -> Bool { codes.contains(code) }
}
