/// How much filter a caller may send.
public struct FilterLimits: Sendable, Hashable {
  /// Bytes of the expression.
  public var bytesMax: Int
  /// Parentheses and negations inside each other.
  public var depthMax: Int
  /// Comparisons in the whole expression.
  public var termsMax: Int

  /// Sets every limit.
  public init(bytesMax: Int, depthMax: Int, termsMax: Int) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
    self.termsMax = termsMax
  }

  /// 4 KiB, 16 deep, 64 comparisons.
  public static let standard = FilterLimits(bytesMax: 4096, depthMax: 16, termsMax: 64)
}
