/// A text that is told apart from others by its bytes, with its hash.
///
/// Swift's `String` calls canonically equivalent texts equal; the ledger does not.
public struct TextKey: Hashable, Sendable {
  public let text: String
  /// Of the bytes. One text is often looked up in several tables.
  public let hash: Int

  /// Hashes a text.
  public init(_ text: String) {
    self.text = text
    var hasher = Hasher()
    var text = text
    // Safety: the hasher has read the bytes before the closure ends.
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hash = hasher.finalize()
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.hash == right.hash && Self.same(left.text, right.text)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// Whether two texts have the same bytes.
  public static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}
