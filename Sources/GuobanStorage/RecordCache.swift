public import GuobanMessages
internal import Synchronization

/// The bytes of records that were recently read or written, within a bound, never older than the last acknowledged write.
///
/// A hit takes one uncontended lock and no I/O. Two parties keep it right:
/// - whoever puts a commit on disk calls ``commit(_:)`` then, before any reader is shown the commit and before its writer is
///   answered: so nobody finds a record replaced that is still shown here as it was;
/// - a reader that missed calls ``fill(_:_:bytes:revision:view:)`` with the revision of its view. What is newer than that
///   view, cached or already evicted, is never overwritten.
public final class RecordCache: Sendable {
  /// A record's change within a commit.
  public struct Write: Sendable {
    /// Nil for a delete.
    public var bytes: [UInt8]?
    public var revision: UInt64
    let key: RecordKey

    /// Describes one change.
    public init(type: String, key: String, bytes: [UInt8]?, revision: UInt64) {
      self.key = RecordKey(type: type, key: key)
      self.bytes = bytes
      self.revision = revision
    }

    /// What a change wrote; nil when it wrote no record.
    public init?(_ change: Ledger.Change) {
      guard change.operation.writesRecord else { return nil }
      self.init(
        type: change.recordType, key: change.key, bytes: change.operation == .delete ? nil : change.record,
        revision: change.revision)
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

  /// Shows what a commit changed: of each record its last version alone, for nobody may see one that was never committed.
  public func commit(_ writes: [Write]) {
    var seen = Set<RecordKey>(minimumCapacity: writes.count)
    for write in writes.reversed() {
      guard seen.insert(write.key).inserted else { continue }
      with(write.key) { shard, key in
        if let bytes = write.bytes {
          shard.put(key, bytes: bytes, revision: write.revision)
        } else {
          shard.remove(key, revision: write.revision)
        }
      }
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
