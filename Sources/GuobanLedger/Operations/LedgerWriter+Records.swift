internal import GuobanMessages
public import GuobanStorage

/// What an upsert did.
public struct UpsertCounts: Sendable, Equatable {
  public var created: Int
  public var updated: Int
  public var unchanged: Int

  /// Counts of records.
  public init(created: Int, updated: Int, unchanged: Int) {
    self.created = created
    self.updated = updated
    self.unchanged = unchanged
  }
}

/// The rules that need the ledger's state. They run on the writer, inside the request's savepoint.
extension LedgerWriter {
  /// Creates a record. Returns its stored bytes.
  public func create(_ record: any LedgerRecord, path: String) throws -> [UInt8] {
    try createTyped(record, path: path)
  }

  /// Updates the masked fields of a record. Returns its stored bytes.
  public func update(_ record: any LedgerRecord, mask: [String], etag: String, path: String) throws -> [UInt8] {
    try updateTyped(record, mask: mask, etag: etag, path: path)
  }

  /// Creates or replaces records, in order. What is the same already is left alone.
  ///
  /// - Parameter checkCancellation: asked now and then; what it throws undoes the batch.
  public func upsert(
    _ records: [any LedgerRecord], field: String, checkCancellation: () throws -> Void
  ) throws -> UpsertCounts {
    var counts = UpsertCounts(created: 0, updated: 0, unchanged: 0)
    for (index, record) in records.enumerated() {
      if index % 256 == 0 { try checkCancellation() }
      try upsertTyped(record, path: "\(field)[\(index)].", &counts)
    }
    var references = ReferenceCheck()
    for (index, record) in records.enumerated() {
      if index % 256 == 0 { try checkCancellation() }
      try references.check(record, path: "\(field)[\(index)].", in: self)
    }
    try references.finish()
    return counts
  }

  /// Deletes a record that nothing refers to.
  public func delete(
    _ type: any LedgerRecord.Type, key: String, etag: String, schemas: [RecordSchema]
  ) throws {
    guard let bytes = try record(type.schema.name, key) else { throw LedgerError.notFound(type.schema.name, key) }
    try requireEtag(etag, of: bytes, type: type)
    try refuseDangling(type.schema.name, key, schemas: schemas)
    _ = try delete(type.schema.name, key)
  }

  /// The meta of the next version of a record.
  func stamp(after previous: Ledger.RecordMeta?) -> Ledger.RecordMeta {
    Ledger.RecordMeta(
      revision: nextRevision, etag: "r\(nextRevision)", createTime: previous?.createTime ?? time, updateTime: time,
      updatedBy: actor)
  }

  /// Writes a new version of a record and returns its bytes.
  func write<Record: LedgerRecord>(_ record: Record, after previous: Ledger.RecordMeta?) throws -> [UInt8] {
    let stored = record.stored(meta: stamp(after: previous))
    try put(stored, operation: previous == nil ? .create : .update)
    return stored.bytes
  }

  private func createTyped<Record: LedgerRecord>(_ new: Record, path: String) throws -> [UInt8] {
    guard try record(Record.schema.name, new.key) == nil else {
      throw LedgerError(
        .alreadyExists, reason: "ALREADY_EXISTS",
        "已有这条记录：\(Record.schema.name) “\(new.key)”；要修改请用 Update，或用 BatchUpsert")
    }
    let bytes = try write(new, after: nil)
    try checkReferences(new, path: path)
    return bytes
  }

  private func updateTyped<Record: LedgerRecord>(
    _ given: Record, mask: [String], etag: String, path: String
  ) throws -> [UInt8] {
    guard let bytes = try record(Record.schema.name, given.key) else {
      throw LedgerError.notFound(Record.schema.name, given.key)
    }
    let old = try Record(packed: bytes, limits: .standard)
    try requireEtag(etag, current: old.meta, key: given.key)
    var new = try UpdateMask(mask, for: Record.self).merge(given, into: old)
    new.normalise()
    guard new.key == old.key else {
      throw LedgerError(.invalid, reason: "KEY_CHANGED", "不能修改键“\(old.key)”；请删除后重建")
    }
    try new.keepManaged(of: old, path: path + ".")
    let violations = new.violations(path: path + ".")
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    let updated = try write(new, after: old.meta ?? Ledger.RecordMeta())
    try checkReferences(new, path: path)
    return updated
  }

  private func upsertTyped<Record: LedgerRecord>(
    _ given: Record, path: String, _ counts: inout UpsertCounts
  ) throws {
    guard let bytes = try record(Record.schema.name, given.key) else {
      _ = try write(given, after: nil)
      counts.created += 1
      return
    }
    var old = try Record(packed: bytes, limits: .standard)
    let meta = old.meta ?? Ledger.RecordMeta()
    var new = given
    old.meta = nil
    new.meta = nil
    try new.keepManaged(of: old, path: path)
    if old.packed() == new.packed() {
      counts.unchanged += 1
    } else {
      _ = try write(new, after: meta)
      counts.updated += 1
    }
  }

  private func requireEtag<Record: LedgerRecord>(_ etag: String, of bytes: [UInt8], type: Record.Type) throws {
    if etag.isEmpty { return }
    let old = try Record(packed: bytes, limits: .standard)
    try requireEtag(etag, current: old.meta, key: old.key)
  }

  func requireEtag(_ etag: String, current: Ledger.RecordMeta?, key: String) throws {
    guard etag.isEmpty || etag == current?.etag else {
      throw LedgerError(
        .conflict, reason: "ETAG_MISMATCH", "“\(key)”已被改动：您依据的版本是 \(etag)，现在是 \(current?.etag ?? "")；请重新读取后再改")
    }
  }

  private func checkReferences(_ record: any LedgerRecord, path: String) throws {
    var references = ReferenceCheck()
    try references.check(record, path: path + ".", in: self)
    try references.finish()
  }

  private func refuseDangling(_ type: String, _ key: String, schemas: [RecordSchema]) throws {
    for schema in schemas {
      for column in schema.columns where column.references == type {
        let users = ListQuery(
          type: schema.name, filter: .compare(column: column.name, .equal, .text(key)), afterKey: nil, limit: 1)
        if let user = try list(users).first, !(schema.name == type && user.key == key) {
          throw LedgerError(
            .precondition, reason: "IN_USE",
            "不能删除 \(type) “\(key)”：\(schema.name) “\(user.key)”的 \(column.name) 还在用它；请先改或删那一条")
        }
      }
    }
  }
}

extension LedgerRecord {
  fileprivate mutating func keepManaged(of stored: Self, path: String) throws(LedgerError) {
    var checks = RecordChecks(path: path)
    keepManaged(of: stored, &checks)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
  }
}
