internal import GuobanMessages
internal import GuobanStorage

extension LedgerReader {
  /// Opens every contact of a stored record that was not erased.
  func openContacts<Record: LedgerRecord>(of record: Record) throws -> [(field: String, contact: Ledger.Contact)] {
    var opened: [(field: String, contact: Ledger.Contact)] = []
    var dataKey: DataKey?
    var record = record
    let key = record.key
    try record.visitContacts { field, contact in
      guard let kept = contact, !kept.sealed.isEmpty else { return }
      if dataKey == nil, let bytes = try self.dataKey(Record.schema.name, key) { dataKey = try DataKey(bytes) }
      guard let dataKey else { throw DataKey.unreadable(key) }
      let place = ContactPlace(type: Record.schema.name, key: key, field: field)
      opened.append((field, try dataKey.open(kept, from: place)))
    }
    return opened
  }
}
