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

/// The rules that need the ledger's state. They run on the writer; what they throw undoes the request.
extension LedgerWriter {
  /// Creates a record. Returns its stored bytes.
  public func create(_ record: any LedgerRecord, path: String) throws -> [UInt8] {
    try createTyped(record, path: path)
  }

  /// Updates the masked fields of a record. Returns its stored bytes.
  public func update(_ record: any LedgerRecord, mask: [String], etag: String, path: String) throws -> [UInt8] {
    try updateTyped(record, mask: mask, etag: etag, path: path)
  }

  /// Creates or replaces records of one type, in order. What is the same already is left alone.
  ///
  /// - Parameters:
  ///   - mask: of records that are there already only these fields are written; empty: every field.
  ///   - checkCancellation: asked now and then; what it throws undoes the batch.
  public func upsert(
    _ records: [any LedgerRecord], mask paths: [String] = [], field: String, checkCancellation: () throws -> Void
  ) throws -> UpsertCounts {
    rememberRequest()
    var mask: UpdateMask?
    if !paths.isEmpty, let first = records.first { mask = try UpdateMask(paths, for: type(of: first)) }
    var refusal: LedgerError?
    var counts = UpsertCounts(created: 0, updated: 0, unchanged: 0)
    var written: [(record: any LedgerRecord, isChanged: Bool)] = []
    var violations: [RecordViolation] = []
    var keys = Set<String>()
    for (index, record) in records.enumerated() {
      if index % 256 == 0 { try checkCancellation() }
      let path = "\(field)[\(index)]."
      var completed = record
      var found: [RecordViolation] = []
      if let mask {
        // A key that the ledger makes tells what is there already.
        if !record.isKeyed { found = try completed.complete(in: self, path: path) }
        if found.isEmpty { found = try merge(&completed, mask, path: path) }
      }
      if found.isEmpty { found = try completed.complete(in: self, path: path) }
      // Of the keys that were there from the start ``RecordInput`` has seen to it.
      if !record.isKeyed, found.isEmpty, !keys.insert(completed.key).inserted {
        found.append(
          RecordViolation(
            field: "\(field)[\(index)]", value: completed.key, rule: "REPEATED_KEY",
            "这一批里已有键为“\(completed.key)”的一条", "this batch has a record with the key “\(completed.key)” already"))
      }
      if found.isEmpty {
        do {
          // Also when the batch will be undone: what the next records come to depends on it.
          let unchanged = counts.unchanged
          let record = try upsertTyped(completed, path: path, &counts)
          written.append((record, isChanged: counts.unchanged == unchanged))
        } catch let error as LedgerError {
          found = error.violations
          if found.isEmpty {
            // Whoever sent many must hear which.
            found = [
              RecordViolation(
                field: "\(field)[\(index)]", value: completed.key, rule: error.reason, error.message,
                error.englishMessage)
            ]
          }
          if error.code != .invalid, refusal == nil { refusal = error }
        }
      }
      violations += found.prefix(max(RecordInput.violationsMax - violations.count, 0))
      // More are not listed, and nothing of it stays: the writer has better things to do.
      if violations.count >= RecordInput.violationsMax { break }
    }
    if var refusal {
      refusal.violations = violations
      throw refusal
    }
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    var references = ReferenceCheck()
    for (index, (record, isChanged)) in written.enumerated() {
      if index % 256 == 0 { try checkCancellation() }
      let path = "\(field)[\(index)]."
      if isChanged {
        violations += try record.conflicts(in: self, path: path).prefix(RecordInput.violationsMax - violations.count)
      }
      try references.check(record, path: path, in: self)
    }
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    try references.finish()
    return counts
  }

  /// Deletes a record that nothing refers to.
  public func delete(
    _ type: any LedgerRecord.Type, key: String, etag: String, schemas: [RecordSchema]
  ) throws {
    try remove(type, key: key, etag: etag)
    try refuseDangling(type.schema.name, key, schemas: schemas)
  }

  // What a batch is made of: each writes, and leaves references to be checked at its end.

  /// Creates a record whose key must be free; gives it as it is now.
  func add(_ record: any LedgerRecord, path: String) throws -> any LedgerRecord {
    try addTyped(record, path: path).record
  }

  /// Updates the masked fields of a record that must be there; gives it as it is now.
  func merge(_ record: any LedgerRecord, mask: [String], etag: String, path: String) throws -> any LedgerRecord {
    try mergeTyped(record, mask: mask, etag: etag, path: path).record
  }

  /// Creates or replaces a record; gives it as it is now. What is the same already is left alone.
  func put(_ record: any LedgerRecord, path: String) throws -> any LedgerRecord {
    var completed = record
    let violations = try completed.complete(in: self, path: path + ".")
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    var counts = UpsertCounts(created: 0, updated: 0, unchanged: 0)
    return try upsertTyped(completed, path: path + ".", &counts)
  }

  /// Deletes a record that must be there.
  func remove(_ type: any LedgerRecord.Type, key: String, etag: String) throws {
    guard let bytes = try record(type.schema.name, key) else { throw LedgerError.notFound(type.schema.name, key) }
    let old = try type.init(packed: bytes, limits: .standard)
    try requireEtag(etag, current: old.meta, key: old.key)
    try old.checkDeletable()
    _ = try delete(type.schema.name, key)
  }

  /// The meta of the next version of a record.
  func stamp(after previous: Ledger.RecordMeta?) -> Ledger.RecordMeta {
    Ledger.RecordMeta(
      revision: nextRevision, etag: "r\(nextRevision)", createTime: previous?.createTime ?? time, updateTime: time,
      updatedBy: actor)
  }

  /// Writes a new version of a record and returns its bytes. Its contacts are sealed and masked on the way; `path` goes
  /// before their fields' names.
  func write<Record: LedgerRecord>(
    _ record: Record, after previous: Ledger.RecordMeta?, path: String = ""
  ) throws -> [UInt8] {
    guard Record.schema.holdsPersonalData else { return try put(record, after: previous, dataKey: .keep) }
    let old = try previous.flatMap { _ in try self.record(Record.schema.name, record.key) }
    return try write(
      record, after: previous, old: try old.map { try Record(packed: $0, limits: .standard) }, path: path)
  }

  /// The same where the version before is at hand.
  func write<Record: LedgerRecord>(
    _ record: Record, after previous: Ledger.RecordMeta?, old: Record?, path: String = ""
  ) throws -> [UInt8] {
    var record = record
    return try write(&record, after: previous, old: old, path: path)
  }

  /// The same; `record` becomes what is stored.
  func write<Record: LedgerRecord>(
    _ record: inout Record, after previous: Ledger.RecordMeta?, old: Record?, path: String = ""
  ) throws -> [UInt8] {
    var dataKey = DataKeyChange.keep
    if Record.schema.holdsPersonalData {
      var settlement = ContactSettlement(after: old, self, path: path)
      dataKey = try settlement.settle(&record)
    }
    record.meta = stamp(after: previous)
    return try put(record, isNew: previous == nil, dataKey: dataKey)
  }

  /// Writes a record whose contacts are settled.
  func put<Record: LedgerRecord>(
    _ record: Record, after previous: Ledger.RecordMeta?, dataKey: DataKeyChange
  ) throws -> [UInt8] {
    var stamped = record
    stamped.meta = stamp(after: previous)
    return try put(stamped, isNew: previous == nil, dataKey: dataKey)
  }

  private func put<Record: LedgerRecord>(_ stamped: Record, isNew: Bool, dataKey: DataKeyChange) throws -> [UInt8] {
    let stored = stamped.stored(dataKey: dataKey)
    try put(stored, operation: isNew ? .create : .update)
    return stored.bytes
  }

  private func createTyped<Record: LedgerRecord>(_ given: Record, path: String) throws -> [UInt8] {
    let (new, bytes) = try addTyped(given, path: path)
    try checkReferences(new, path: path + ".")
    return bytes
  }

  private func addTyped<Record: LedgerRecord>(
    _ given: Record, path: String
  ) throws -> (record: Record, bytes: [UInt8]) {
    var new = given
    let violations = try new.complete(in: self, path: path + ".")
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    guard try !has(Record.schema.name, new.key) else {
      throw LedgerError(
        .alreadyExists, reason: "ALREADY_EXISTS",
        "已有这条记录：\(Record.schema.name) “\(new.key)”；要修改请用 Update，或用 BatchUpsert",
        "there is such a record already: \(Record.schema.name) “\(new.key)”; to change it, use Update or BatchUpsert")
    }
    try new.settle(after: nil, in: self, path: path + ".")
    return (new, try write(new, after: nil, path: path + "."))
  }

  private func updateTyped<Record: LedgerRecord>(
    _ given: Record, mask: [String], etag: String, path: String
  ) throws -> [UInt8] {
    let (record, bytes) = try mergeTyped(given, mask: mask, etag: etag, path: path)
    try checkReferences(record, path: path + ".")
    return bytes
  }

  private func mergeTyped<Record: LedgerRecord>(
    _ given: Record, mask: [String], etag: String, path: String
  ) throws -> (record: Record, bytes: [UInt8]) {
    guard let bytes = try record(Record.schema.name, given.key) else {
      throw LedgerError.notFound(Record.schema.name, given.key)
    }
    let old = try Record(packed: bytes, limits: .standard)
    try requireEtag(etag, current: old.meta, key: given.key)
    var new = try UpdateMask(mask, for: Record.self).merge(given, into: old)
    new.normalise()
    guard new.key == old.key else {
      throw LedgerError(
        .invalid, reason: "KEY_CHANGED", "不能修改键“\(old.key)”；请删除后重建",
        "the key “\(old.key)” cannot be changed; delete the record and make a new one")
    }
    try new.keepManaged(of: old, path: path + ".")
    let violations = new.violations(path: path + ".") + (try new.complete(in: self, path: path + "."))
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    try new.settle(after: old, in: self, path: path + ".")
    let written = try write(new, after: old.meta ?? Ledger.RecordMeta(), old: old, path: path + ".")
    try new.carryOver(after: old, in: self, path: path + ".")
    return (new, written)
  }

  /// Makes `record` what is stored with the masked fields as they are in it. Returns what is wrong with that.
  private func merge(_ record: inout any LedgerRecord, _ mask: UpdateMask, path: String) throws -> [RecordViolation] {
    func merged<Record: LedgerRecord>(_ given: Record) throws -> Record {
      guard let bytes = try self.record(Record.schema.name, given.key) else { return given }
      var new = try mask.merge(given, into: try Record(packed: bytes, limits: .standard))
      new.normalise()
      return new
    }
    record = try merged(record)
    return record.violations(path: path)
  }

  /// Returns the record as it is written.
  private func upsertTyped<Record: LedgerRecord>(
    _ given: Record, path: String, _ counts: inout UpsertCounts
  ) throws -> any LedgerRecord {
    var new = given
    guard let bytes = try record(Record.schema.name, given.key) else {
      try new.settle(after: nil, in: self, path: path)
      _ = try write(new, after: nil, path: path)
      counts.created += 1
      return new
    }
    var old = try Record(packed: bytes, limits: .standard)
    let meta = old.meta ?? Ledger.RecordMeta()
    try new.settle(after: old, in: self, path: path)
    old.meta = nil
    new.meta = nil
    try new.keepManaged(of: old, path: path)
    var dataKey = DataKeyChange.keep
    if Record.schema.holdsPersonalData {
      var settlement = ContactSettlement(after: old, self, path: path)
      dataKey = try settlement.settle(&new)
    }
    if old.packed() == new.packed() {
      counts.unchanged += 1
    } else {
      _ = try put(new, after: meta, dataKey: dataKey)
      try new.carryOver(after: old, in: self, path: path)
      counts.updated += 1
    }
    return new
  }

  func requireEtag(_ etag: String, current: Ledger.RecordMeta?, key: String) throws {
    guard etag.isEmpty || etag == current?.etag else {
      throw LedgerError(
        .conflict, reason: "ETAG_MISMATCH", "“\(key)”已被改动：您依据的版本是 \(etag)，现在是 \(current?.etag ?? "")；请重新读取后再改",
        "“\(key)” has changed: you began with version \(etag), and it is \(current?.etag ?? "") now; read it again, then change it"
      )
    }
  }

  /// Refuses references to records that are not there. `path` goes before each field's name.
  func checkReferences(_ record: any LedgerRecord, path: String) throws {
    var references = ReferenceCheck()
    try references.check(record, path: path, in: self)
    try references.finish()
  }

  /// Refuses to leave references to a record that is gone.
  func refuseDangling(_ type: String, _ key: String, schemas: [RecordSchema]) throws {
    guard try !has(type, key), let user = try referrer(of: type, key, schemas: schemas) else { return }
    guard let name = user.key else {
      throw LedgerError(
        .precondition, reason: "IN_USE", "不能删除 \(type) “\(key)”：别的区划还有记录在用它；请找不限区划的人处理",
        "cannot delete \(type) “\(key)”: a record of another region uses it; ask somebody who is not held to a region")
    }
    throw LedgerError(
      .precondition, reason: "IN_USE",
      "不能删除 \(type) “\(key)”：\(user.type) “\(name)”的 \(user.column) 还在用它；请先改或删那一条",
      "cannot delete \(type) “\(key)”: \(user.column) of \(user.type) “\(name)” uses it; change or delete that one first"
    )
  }
}

extension LedgerRecord {
  fileprivate mutating func keepManaged(of stored: Self, path: String) throws(LedgerError) {
    var checks = RecordChecks(path: path)
    keepManaged(of: stored, &checks)
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
  }
}
