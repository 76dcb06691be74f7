/// Names a record in the cache by the bytes of its key.
///
/// Swift's `String` calls canonically equivalent texts equal; the ledger does not.
struct RecordCacheKey: Hashable, Sendable {
  var type: String
  var key: String

  static func == (left: Self, right: Self) -> Bool {
    same(left.key, right.key) && same(left.type, right.type)
  }

  func hash(into hasher: inout Hasher) {
    // Types are few and keys seldom shared between them, so the key alone spreads well.
    var key = key
    // Safety: the hasher has read the bytes before the closure ends.
    key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Memory that the key takes.
  var byteCount: Int { key.utf8.count }

  private static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}
