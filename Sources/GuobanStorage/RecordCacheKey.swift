/// Names a record in the cache by the bytes of its key.
///
/// Swift's `String` calls canonically equivalent texts equal; the ledger does not.
struct RecordCacheKey: Hashable, Sendable {
  let type: String
  let key: String
  /// Of the key's bytes: types are few and keys seldom shared between them, so the key alone spreads well. Each write looks
  /// a key up in several tables.
  let hash: Int

  init(type: String, key: String) {
    self.type = type
    self.key = key
    var hasher = Hasher()
    var key = key
    // Safety: the hasher has read the bytes before the closure ends.
    key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hash = hasher.finalize()
  }

  static func == (left: Self, right: Self) -> Bool {
    left.hash == right.hash && same(left.key, right.key) && same(left.type, right.type)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// Memory that the key takes.
  var byteCount: Int { key.utf8.count }

  private static func same(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}
