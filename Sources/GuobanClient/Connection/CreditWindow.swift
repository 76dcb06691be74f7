/// Credit for Data in one direction, of one stream or of a whole connection.
///
/// A message may be sent while there is any credit at all, and then credit goes below zero: so a message longer than the
/// whole credit is still possible, and nobody is ever more than one message ahead.
struct CreditWindow {
  private(set) var bytes: Int

  init(_ bytes: UInt32) { self.bytes = Int(bytes) }

  /// Whether a message may be sent.
  var isOpen: Bool { bytes > 0 }

  mutating func take(_ count: Int) { bytes -= count }

  /// More than the largest credit cannot be saved up.
  mutating func grant(_ count: Int) { bytes = min(bytes + count, Self.bytesMax) }

  private static let bytesMax = Int(Int32.max)
}
