/// One part of a ``RecordCache``: a bounded table whose victims the CLOCK algorithm picks.
struct RecordCacheShard {
  /// What an entry costs beside its bytes: slot, table entry, headers of arrays and strings, and what tables keep free to
  /// grow. 336 were measured with a million enterprises in a cache, before keys kept their hash: 8 in the slot, 16 in the
  /// table with its free room.
  static let entryOverheadBytes = 360

  private struct Slot {
    var key: RecordKey
    var bytes: [UInt8]
    var revision: UInt64
    var isReferenced: Bool
    var cost: Int
  }

  private let bytesMax: Int
  private var indexes: [RecordKey: Int] = [:]
  /// Entries stay in their slots: a new one takes a slot that the hand has just freed, so that it is reached last.
  private var slots: [Slot?] = []
  private var freeIndexes: [Int] = []
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
    .init(hits: hits, misses: misses, records: indexes.count, bytes: bytesUsed)
  }

  mutating func find(_ key: RecordKey) -> [UInt8]? {
    guard let index = indexes[key], let bytes = slots[index]?.bytes else {
      misses += 1
      return nil
    }
    hits += 1
    slots[index]?.isReferenced = true
    return bytes
  }

  mutating func fill(_ key: RecordKey, bytes: [UInt8], revision: UInt64, view: UInt64) {
    guard view >= forgottenRevision, indexes[key] == nil else { return }
    put(key, bytes: bytes, revision: revision)
  }

  mutating func put(_ key: RecordKey, bytes: [UInt8], revision: UInt64) {
    let cost = bytes.count + key.key.text.utf8.count + Self.entryOverheadBytes
    // One large record must not empty the shard.
    guard cost <= bytesMax / 4 else { return remove(key, revision: revision) }
    let slot = Slot(key: key, bytes: bytes, revision: revision, isReferenced: false, cost: cost)
    if let index = indexes[key], let old = slots[index] {
      if bytesUsed - old.cost + cost <= bytesMax {
        slots[index] = slot
        bytesUsed += cost - old.cost
        return
      }
      drop(index)
    }
    while bytesUsed + cost > bytesMax { evict() }
    if let index = freeIndexes.popLast() {
      slots[index] = slot
      indexes[key] = index
    } else {
      indexes[key] = slots.count
      slots.append(slot)
    }
    bytesUsed += cost
  }

  mutating func remove(_ key: RecordKey, revision: UInt64) {
    forgottenRevision = max(forgottenRevision, revision)
    if let index = indexes[key] { drop(index) }
  }

  /// Frees the first slot, from the hand on, that was not read since the hand last passed. There must be an entry.
  private mutating func evict() {
    while true {
      if hand >= slots.count { hand = 0 }
      let index = hand
      hand += 1
      guard let slot = slots[index] else { continue }
      if slot.isReferenced {
        slots[index]?.isReferenced = false
      } else {
        forgottenRevision = max(forgottenRevision, slot.revision)
        return drop(index)
      }
    }
  }

  private mutating func drop(_ index: Int) {
    guard let gone = slots[index] else { return }
    bytesUsed -= gone.cost
    indexes[gone.key] = nil
    slots[index] = nil
    freeIndexes.append(index)
  }
}
