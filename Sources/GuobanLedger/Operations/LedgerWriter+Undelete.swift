internal import GuobanMessages
public import GuobanStorage

extension LedgerWriter {
  /// Brings a deleted record back as it was last, from the change log. Returns its stored bytes.
  public func undelete(_ type: any LedgerRecord.Type, key: String, path: String) throws -> [UInt8] {
    let record = try restored(type, key: key, path: path)
    try checkReferences(record, path: path + ".")
    return try self.record(type.schema.name, key) ?? []
  }

  /// The same without looking at what the record refers to.
  func restored(_ type: any LedgerRecord.Type, key: String, path: String) throws -> any LedgerRecord {
    try restoreTyped(type, key: key, path: path + ".")
  }

  private func restoreTyped<Record: LedgerRecord>(_: Record.Type, key: String, path: String) throws -> Record {
    let type = Record.schema.name
    guard try !has(type, key) else {
      throw LedgerError(
        .alreadyExists, reason: "NOT_DELETED", "\(type) “\(key)”没有被删除，不用恢复",
        "\(type) “\(key)” is not deleted and needs no restoring")
    }
    guard let last = try lastChange(of: type, key), last.operation == .delete else {
      throw LedgerError(
        .notFound, reason: "NOT_FOUND", "没有可以恢复的 \(type) “\(key)”：从未有过，或删除得太久，变更日志已不再保存",
        "there is no \(type) “\(key)” to restore: there never was one, or it was deleted so long ago that the change log no longer has it"
      )
    }
    guard let before = try written(type, key, before: last.revision), before.operation != .delete else {
      throw LedgerError(
        .precondition, reason: "COMPACTED",
        "\(type) “\(key)”删除前的内容已随变更日志压缩而不再保存，不能恢复；可以从较早的快照里找回",
        "what \(type) “\(key)” held was compacted with the change log and cannot be restored; an older snapshot may have it"
      )
    }
    return try putBack(try Record(packed: before.record, limits: .standard), path: path)
  }

  /// Writes the last version as a new record, held to what a new one is held to: the ledger may have changed meanwhile.
  private func putBack<Record: LedgerRecord>(_ last: Record, path: String) throws -> Record {
    var record = last
    let violations = record.violations(path: path) + (try record.complete(in: self, path: path))
    guard violations.isEmpty else {
      var refusal = LedgerError.invalid(violations)
      refusal.message = "不能原样恢复，可以照变更日志里的旧内容重新录入并改正：" + refusal.message
      refusal.englishMessage =
        "it cannot be restored as it was; enter it anew from the change log, corrected: " + refusal.englishMessage
      throw refusal
    }
    // It comes after itself: that is no step in its life, and takes nothing of its history.
    try record.settle(after: record, in: self, path: path)
    if Record.schema.holdsPersonalData, try dataKey(Record.schema.name, record.key) == nil {
      // Their retention ended while it was deleted.
      record.visitContacts { _, contact in
        if contact?.sealed.isEmpty == false { contact = Ledger.Contact(eraseTime: time) }
      }
    }
    record.meta = stamp(after: last.meta)
    try put(record.stored(dataKey: .keep), operation: .create)
    let conflicts = try record.conflicts(in: self, path: path)
    guard conflicts.isEmpty else { throw LedgerError.invalid(conflicts) }
    return record
  }

  /// The last change of a record before a revision; looks at its personal data change nothing.
  private func written(_ type: String, _ key: String, before revision: UInt64) throws -> Ledger.Change? {
    var query = ChangeQuery(limit: 1)
    query.type = type
    query.key = key
    query.afterRevision = revision
    while let change = try changes(query).first {
      if change.operation.writesRecord { return change }
      query.afterRevision = change.revision
    }
    return nil
  }
}
