/// One part of a ``RecordCache``: a bounded table whose victims the CLOCK algorithm picks.
struct RecordCacheShard {
  /// What an entry costs beside its bytes: slot, table entry, headers of arrays and strings. An estimate.
  static let entryOverheadBytes = 160

  private struct Slot {
    var key: RecordCacheKey
    /// Nil while a commit that changes the record is under way.
    var bytes: [UInt8]?
    var revision: UInt64
    var isReferenced: Bool
    var cost: Int
  }

  private let bytesMax: Int
  private var indexes: [RecordCacheKey: Int] = [:]
  private var slots: [Slot] = []
  private var hand = 0
  private var bytesUsed = 0
  private var hits = 0
  private var misses = 0
  /// No view older than this may fill: it might bring back a version older than one that was here.
  private var forgottenRevision: UInt64 = 0

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  var statistics: RecordCache.Statistics {
    .init(hits: hits, misses: misses, records: slots.count, bytes: bytesUsed)
  }

  mutating func find(_ key: RecordCacheKey) -> [UInt8]? {
    guard let index = indexes[key], let bytes = slots[index].bytes else {
      misses += 1
      return nil
    }
    hits += 1
    slots[index].isReferenced = true
    return bytes
  }

  mutating func fill(_ key: RecordCacheKey, bytes: [UInt8], revision: UInt64, view: UInt64) {
    guard view >= forgottenRevision, indexes[key] == nil else { return }
    put(key, bytes: bytes, revision: revision)
  }

  mutating func put(_ key: RecordCacheKey, bytes: [UInt8]?, revision: UInt64) {
    let cost = (bytes?.count ?? 0) + key.byteCount + Self.entryOverheadBytes
    // One large record must not empty the shard.
    guard cost <= bytesMax / 4 else { return remove(key, revision: revision) }
    if let index = indexes[key] {
      bytesUsed += cost - slots[index].cost
      slots[index].bytes = bytes
      slots[index].revision = revision
      slots[index].cost = cost
    } else {
      indexes[key] = slots.count
      slots.append(Slot(key: key, bytes: bytes, revision: revision, isReferenced: false, cost: cost))
      bytesUsed += cost
    }
    while bytesUsed > bytesMax { evict() }
  }

  mutating func remove(_ key: RecordCacheKey, revision: UInt64) {
    forgottenRevision = max(forgottenRevision, revision)
    if let index = indexes[key] { drop(index) }
  }

  private mutating func evict() {
    while true {
      if hand >= slots.count { hand = 0 }
      guard slots[hand].isReferenced else { break }
      slots[hand].isReferenced = false
      hand += 1
    }
    forgottenRevision = max(forgottenRevision, slots[hand].revision)
    drop(hand)
    // The newest entry has taken the place: the hand must come round to it last.
    hand += 1
  }

  private mutating func drop(_ index: Int) {
    let gone = slots[index]
    bytesUsed -= gone.cost
    indexes[gone.key] = nil
    let last = slots.removeLast()
    if index < slots.count {
      slots[index] = last
      indexes[last.key] = index
    }
  }
}
