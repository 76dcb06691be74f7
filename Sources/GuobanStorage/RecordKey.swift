/// Names a record in tables in memory: by the bytes of its key.
public struct RecordKey: Hashable, Sendable {
  public let type: String
  public let key: TextKey

  /// The record of a type with a key.
  public init(type: String, key: String) {
    self.type = type
    self.key = TextKey(key)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.key == right.key && TextKey.same(left.type, right.type)
  }

  /// Types are few and keys seldom shared between them: the key alone spreads well.
  public func hash(into hasher: inout Hasher) { key.hash(into: &hasher) }
}
