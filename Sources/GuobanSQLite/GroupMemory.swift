internal import GuobanStorage

/// What the requests of one commit group leave in memory for each other, and take back when they are undone.
final class GroupMemory {
  /// Records that were seen to be there: requests refer to the same few regions and enterprises. By their bytes, as the
  /// ledger tells keys apart.
  private var present = Set<[UInt8]>()
  private var notes: [(index: BufferedIndex, value: String, key: String)] = []

  /// Where a request begins.
  var mark: Int { notes.count }

  func isPresent(_ type: String, _ key: String) -> Bool { present.contains(Self.name(type, key)) }

  func sawPresent(_ type: String, _ key: String) { present.insert(Self.name(type, key)) }

  func deleted(_ type: String, _ key: String) { present.remove(Self.name(type, key)) }

  /// A record is written.
  func note(_ record: StoredRecord, in table: RecordTable) {
    for index in table.bufferedIndexes {
      guard let value = index.value(of: record) else { continue }
      index.add(value, record.key)
      notes.append((index, value, record.key))
    }
  }

  /// Whatever was done since `mark` is undone.
  func forget(since mark: Int) {
    // Some may have been written by what is undone.
    present.removeAll()
    while notes.count > mark, let note = notes.popLast() { note.index.remove(note.value, note.key) }
  }

  private static func name(_ type: String, _ key: String) -> [UInt8] { Array("\(type)\0\(key)".utf8) }
}
