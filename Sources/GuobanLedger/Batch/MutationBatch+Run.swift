public import GuobanMessages
public import GuobanStorage

extension MutationBatch {
  /// Does every step, then checks references, inside the writer's request.
  public func run(
    _ writer: any LedgerWriter, schemas: [RecordSchema], checkCancellation: () throws -> Void
  ) throws -> Ledger.ApplyResponse {
    var response = Ledger.ApplyResponse()
    var references = ReferenceCheck()
    var written: [(record: any LedgerRecord, path: String)] = []
    var places = MutationPlaces()
    for (index, given) in steps.enumerated() {
      if index % 256 == 0 { try checkCancellation() }
      let before = writer.nextRevision
      let path = "mutations[\(index)].record"
      let step = try given.keyed(in: writer, path: path)
      try places.take(step, at: index)
      if let record = try run(step, writer, path: path) { written.append((record, path + ".")) }
      let changed = writer.nextRevision > before
      response.results.append(Ledger.MutationResult(key: step.key, revision: changed ? before : 0, changed: changed))
    }
    for (record, path) in written { try references.check(record, path: path, in: writer) }
    try references.finish()
    for case .delete(let type, let key, _) in steps {
      try writer.refuseDangling(type.schema.name, key, schemas: schemas)
    }
    response.revision = writer.nextRevision - 1
    return response
  }

  /// The answer to a batch that was done before, from the changes it made then.
  ///
  /// - Parameter reader: makes the keys that the ledger made then.
  public func response(
    replaying changes: [Ledger.Change], revision: UInt64, in reader: any LedgerReader
  ) throws -> Ledger.ApplyResponse {
    var done = Dictionary(changes.map { (RecordName(type: $0.recordType, key: $0.key), $0.revision) }) { _, last in last
    }
    var response = Ledger.ApplyResponse(revision: revision)
    for (index, given) in steps.enumerated() {
      let step = (try? given.keyed(in: reader, path: "mutations[\(index)].record")) ?? given
      let revision = done.removeValue(forKey: RecordName(type: step.type, key: step.key))
      response.results.append(
        Ledger.MutationResult(key: step.key, revision: revision ?? 0, changed: revision != nil))
    }
    // A register that makes other keys now than then. What is left of other types, records have carried over.
    let unkeyed = Set(steps.filter { !$0.isKeyed }.map(\.type))
    guard !done.keys.contains(where: { unkeyed.contains($0.type) }) else {
      throw LedgerError(
        .precondition, reason: "ANSWER_LOST", "同一请求号的这一批先前已办（修订号 \(revision)），但台账定义后来改了，说不清每一条的结果；请查看变更日志",
        "the batch of this request id was done before (revision \(revision)), but the register has changed since, and the results can no longer be told one by one; please look at the change log"
      )
    }
    return response
  }

  /// The record as it stands in the ledger after the step, when there is one.
  private func run(_ step: Step, _ writer: any LedgerWriter, path: String) throws -> (any LedgerRecord)? {
    switch step {
    case .create(let record):
      return try writer.add(record, path: path)
    case .update(let record, let mask, let etag):
      return try writer.merge(record, mask: mask, etag: etag, path: path)
    case .upsert(let record):
      return try writer.put(record, path: path)
    case .delete(let type, let key, let etag):
      try writer.remove(type, key: key, etag: etag)
      return nil
    case .undelete(let type, let key):
      return try writer.restored(type, key: key, path: path)
    }
  }
}
