internal import Synchronization

/// The bytes of records that were recently read or written, within a bound, never older than the last acknowledged write.
///
/// A hit takes one uncontended lock and no I/O. Three parties keep it right:
/// - the writer calls ``prepare(_:)`` before it commits, so that nobody is shown a version that a read could already find
///   replaced, and ``commit(_:)`` or ``cancel(_:)`` after, before it acknowledges;
/// - a reader that missed calls ``fill(_:_:bytes:revision:view:)`` with the revision of its view. What is newer than that
///   view, cached or already evicted, is never overwritten.
public final class RecordCache: Sendable {
  /// A record's change within a commit.
  public struct Write: Sendable {
    /// Nil for a delete.
    public var bytes: [UInt8]?
    public var revision: UInt64
    /// No view has ever seen the record, or it was deleted before.
    public var isFirst: Bool
    let key: RecordKey

    /// Describes one change.
    public init(type: String, key: String, bytes: [UInt8]?, revision: UInt64, isFirst: Bool) {
      self.key = RecordKey(type: type, key: key)
      self.bytes = bytes
      self.revision = revision
      self.isFirst = isFirst
    }
  }

  /// How the cache does.
  public struct Statistics: Sendable, Equatable {
    public var hits = 0
    public var misses = 0
    public var records = 0
    /// Records, keys and what holding them costs.
    public var bytes = 0
  }

  private final class Shard: Sendable {
    let state: Mutex<RecordCacheShard>

    init(bytesMax: Int) {
      state = Mutex(RecordCacheShard(bytesMax: bytesMax))
    }
  }

  private static let shardCount = 16
  private let shards: [Shard]

  /// A cache of at most `bytesMax`; 0 caches nothing.
  public init(bytesMax: Int) {
    shards = (0..<Self.shardCount).map { _ in Shard(bytesMax: bytesMax / Self.shardCount) }
  }

  /// The record's bytes, when they are here.
  public func bytes(_ type: String, _ key: String) -> [UInt8]? {
    with(RecordKey(type: type, key: key)) { $0.find($1) }
  }

  /// Offers what a view of revision `view` found: a record that the change `revision` wrote.
  public func fill(_ type: String, _ key: String, bytes: [UInt8], revision: UInt64, view: UInt64) {
    with(RecordKey(type: type, key: key)) { $0.fill($1, bytes: bytes, revision: revision, view: view) }
  }

  /// Hides records that a commit is about to change.
  public func prepare(_ writes: [Write]) {
    // Of what is new there is no version to hide.
    for write in writes where !write.isFirst {
      with(write.key) { $0.put($1, bytes: nil, revision: write.revision) }
    }
  }

  /// Shows what a commit changed: of each record its last version alone, for nobody may see one that was never committed.
  public func commit(_ writes: [Write]) {
    var seen = Set<RecordKey>()
    let isAllNew = writes.allSatisfy(\.isFirst)
    for write in writes.reversed() {
      guard isAllNew || seen.insert(write.key).inserted else { continue }
      with(write.key) { shard, key in
        if let bytes = write.bytes {
          shard.put(key, bytes: bytes, revision: write.revision)
        } else {
          shard.remove(key, revision: write.revision)
        }
      }
    }
  }

  /// Forgets what a commit did not change after all.
  public func cancel(_ writes: [Write]) {
    for write in writes where !write.isFirst {
      with(write.key) { $0.remove($1, revision: 0) }
    }
  }

  /// The sums over everything cached.
  public var statistics: Statistics {
    shards.reduce(into: Statistics()) { sum, shard in
      let part = shard.state.withLock { $0.statistics }
      sum.hits += part.hits
      sum.misses += part.misses
      sum.records += part.records
      sum.bytes += part.bytes
    }
  }

  private func with<Value: Sendable>(
    _ key: RecordKey, _ body: (inout RecordCacheShard, RecordKey) -> Value
  ) -> Value {
    let shard = shards[Int(UInt(bitPattern: key.key.hash) % UInt(Self.shardCount))]
    return shard.state.withLock { body(&$0, key) }
  }
}
