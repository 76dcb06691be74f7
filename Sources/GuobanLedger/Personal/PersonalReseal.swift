internal import GuobanMessages
public import GuobanStorage

/// Seals records anew after the key that wraps data keys was changed: each gets a new data key, so that what was sealed
/// under the old one, in older versions too, opens with nothing that the daemon still has.
public struct PersonalReseal: Sendable {
  /// Where the walk over all records is.
  public struct Position: Sendable, Equatable {
    fileprivate var typeIndex = 0
    fileprivate var afterKey: String?

    /// At the start.
    public init() {}
  }

  /// What one step did.
  public struct Step: Sendable {
    /// Where to go on; nil at the end.
    public var next: Position?
    public var resealed = 0
    /// Records that the old key could not open.
    public var failures: [RecordName] = []
  }

  private let ring: PersonalKeyRing
  private let batchRecords: Int

  /// - Parameter ring: whose current key wraps from now on.
  public init(_ ring: PersonalKeyRing, batchRecords: Int) {
    self.ring = ring
    self.batchRecords = batchRecords
  }

  /// Looks at the next few data keys and seals again what the current key did not wrap.
  public func run(from position: Position, _ writer: any LedgerWriter) throws -> Step {
    let types = RecordCatalog.all.map { $0.type }.filter { $0.schema.holdsPersonalData }
    guard position.typeIndex < types.count else { return Step() }
    let type = types[position.typeIndex]
    let page = try writer.wrappedKeys(type.schema.name, after: position.afterKey, limit: batchRecords)
    var step = Step()
    for key in page where !ring.isCurrent(key.bytes) {
      if try type.reseal(key.key, writer) {
        step.resealed += 1
      } else {
        step.failures.append(RecordName(type: type.schema.name, key: key.key))
      }
    }
    var next = position
    if page.count < batchRecords {
      next.typeIndex += 1
      next.afterKey = nil
    } else {
      next.afterKey = page.last?.key
    }
    step.next = next.typeIndex < types.count ? next : nil
    return step
  }
}

extension LedgerRecord {
  /// Seals one record anew. False when its data cannot be opened.
  fileprivate static func reseal(_ key: String, _ writer: any LedgerWriter) throws -> Bool {
    guard let bytes = try writer.record(schema.name, key) else {
      // Deleted: there is no record to write, and its key waits for an undelete or the end of its retention.
      try writer.rewrapKey(schema.name, key)
      return true
    }
    var record = try Self(packed: bytes, limits: .standard)
    guard let opened = try? writer.openContacts(of: record) else { return false }
    let plain = Dictionary(uniqueKeysWithValues: opened.map { ($0.field, $0.contact) })
    let new = DataKey()
    try record.visitContacts { field, contact in
      guard let values = plain[field] else { return }
      contact = try new.seal(values, as: ContactPlace(type: schema.name, key: key, field: field))
    }
    _ = try writer.put(
      record, after: record.meta ?? Ledger.RecordMeta(), dataKey: plain.isEmpty ? .destroy : .replace(new.bytes))
    return true
  }
}
