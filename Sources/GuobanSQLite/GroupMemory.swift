internal import GRDB
internal import GuobanStorage

/// What the requests of one commit group leave in memory for each other, and take back when they are undone.
final class GroupMemory {
  /// A series whose greatest key is known.
  private struct Series {
    let type: String
    let prefix: String
    var last: String?

    /// As SQLite compares: by bytes.
    func covers(_ record: StoredRecord) -> Bool {
      type == record.type && record.key.utf8.starts(with: prefix.utf8)
    }
  }

  /// Records that were seen to be there: requests refer to the same few regions and enterprises.
  private var present = Set<RecordKey>()
  /// Few: a group with more series than this looks them up.
  private var series: [Series] = []
  private static let seriesMax = 16
  /// Nil until it is asked for.
  private var hasKeysOfDeleted: Bool?
  private var notes: [(index: BufferedIndex, value: TextKey, key: String)] = []

  /// Where a request begins.
  var mark: Int { notes.count }

  func isPresent(_ record: RecordKey) -> Bool { present.contains(record) }

  func sawPresent(_ record: RecordKey) { present.insert(record) }

  /// A record is written.
  func wrote(_ record: StoredRecord, in table: RecordTable) {
    for index in table.bufferedIndexes {
      guard let value = index.value(of: record) else { continue }
      let name = TextKey(value)
      index.add(name, record.key)
      notes.append((index, name, record.key))
    }
    for place in series.indices where series[place].covers(record) {
      if series[place].last.map({ $0.utf8.lexicographicallyPrecedes(record.key.utf8) }) ?? true {
        series[place].last = record.key
      }
    }
  }

  /// A record is deleted.
  func deleted(_ type: String, _ key: String) {
    present.remove(RecordKey(type: type, key: key))
    series.removeAll { $0.type == type && $0.last.map { TextKey.same($0, key) } == true }
    hasKeysOfDeleted = nil
  }

  /// Whatever was done since `mark` is undone.
  func forget(since mark: Int) {
    // Some may have been written by what is undone.
    present.removeAll()
    series.removeAll()
    hasKeysOfDeleted = nil
    while notes.count > mark, let note = notes.popLast() { note.index.remove(note.value, note.key) }
  }

  /// The greatest key of a series, which `find` looks up where it is not known.
  func lastKey(of type: String, prefix: String, find: () throws -> String?) rethrows -> String? {
    if let known = series.first(where: { $0.type == type && TextKey.same($0.prefix, prefix) }) { return known.last }
    let last = try find()
    if series.count < Self.seriesMax { series.append(Series(type: type, prefix: prefix, last: last)) }
    return last
  }

  /// Whether a record that is created may find the data key of one that was deleted.
  func mayHaveKeyOfDeleted(in db: Database) throws -> Bool {
    if let hasKeysOfDeleted { return hasKeysOfDeleted }
    var hasSome = false
    try db.run(DataKeyTable.hasDeleted, [], isCached: true) { _ in hasSome = true }
    hasKeysOfDeleted = hasSome
    return hasSome
  }
}
