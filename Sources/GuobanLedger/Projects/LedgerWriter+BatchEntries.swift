internal import GuobanMessages
internal import GuobanStorage

extension LedgerWriter {
  /// Changes a project's entries on the 三个一批 lists; gives the keys of those that are others now.
  func changeBatchEntries(
    of project: String, _ change: (inout Ledger.BatchEntry) throws -> Void
  ) throws -> [String] {
    let entries = try every(
      Ledger.BatchEntry.schema.name, where: .compare(column: "project", .equal, .text(project)))
    return try entries.compactMap { record in
      let old = try Ledger.BatchEntry(packed: record.bytes, limits: .standard)
      var entry = old
      try change(&entry)
      guard entry != old else { return nil }
      _ = try write(entry, after: old.meta ?? Ledger.RecordMeta())
      return entry.key
    }
  }
}
