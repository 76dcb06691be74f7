/// What the configuration bounds in records that come in, however they come.
public struct RecordBounds: Sendable {
  /// Days that a pass may be good, its first and its last among them.
  public var passValidDaysMax: Int

  /// A year, leap day and all.
  public static let standard = RecordBounds(passValidDaysMax: 366)

  /// Bounds as they are configured.
  public init(passValidDaysMax: Int) {
    self.passValidDaysMax = passValidDaysMax
  }
}
