internal import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Erases the personal data of records that ended before a day. The record stays, and so does every byte of the change log:
/// what goes is the data key, and with it all that the log holds sealed of this record, in all its versions.
public struct PersonalErasure: Sendable {
  /// Records that ended before it are due.
  public let cutoff: CivilDate
  /// Records of one request.
  public let batchRecords: Int

  /// What was done, or is to be done.
  public struct Counts: Sendable, Equatable {
    public var records = 0
    /// Deleted before; what the change log held of them is gone now.
    public var deletedRecords = 0

    /// Nothing.
    public init() {}
  }

  /// - Parameter cutoff: records that ended before this day are due.
  public init(cutoff: CivilDate, batchRecords: Int) {
    self.cutoff = cutoff
    self.batchRecords = batchRecords
  }

  /// Erases one batch; nothing in it means that all is done.
  public func run(_ writer: any LedgerWriter) throws -> Counts {
    var counts = Counts()
    for definition in RecordCatalog.all where definition.type.schema.holdsPersonalData {
      counts.records += try definition.type.erase(due, limit: batchRecords - counts.records, writer)
      if counts.records >= batchRecords { return counts }
    }
    for name in try writer.destroyKeys(deletedBefore: cutoffSecond, limit: batchRecords - counts.records) {
      try writer.note(.erase, name.type, name.key, note: "")
      counts.deletedRecords += 1
    }
    return counts
  }

  /// What is due in all: what ``run(_:)`` would do in as many batches as it takes.
  public func count(_ reader: any LedgerReader) throws -> Counts {
    var counts = Counts()
    for definition in RecordCatalog.all where definition.type.schema.holdsPersonalData {
      let result = try reader.group(
        GroupQuery(source: definition.name, filter: due, groupBy: [], measures: [.count], rowsMax: 1))
      if case .integer(let count)? = result.columns.first?.first { counts.records += Int(count) }
    }
    counts.deletedRecords = try reader.countKeys(deletedBefore: cutoffSecond)
    return counts
  }

  private var due: Filter {
    .compare(column: RecordSchema.contactUntil, .less, .text(cutoff.text))
  }

  /// When the cutoff day begins.
  private var cutoffSecond: Int64 {
    Int64(cutoff.daysSinceEpoch) * 86_400 - Int64(TimeZoneOffset.shanghai.seconds)
  }
}

extension LedgerRecord {
  /// Erases the contacts of records that `due` finds; says of how many.
  fileprivate static func erase(_ due: Filter, limit: Int, _ writer: any LedgerWriter) throws -> Int {
    let records = try writer.list(ListQuery(type: schema.name, filter: due, afterKey: nil, limit: max(limit, 1)))
    for found in records {
      var record = try Self(packed: found.bytes, limits: .standard)
      record.visitContacts { _, contact in
        if contact?.sealed.isEmpty == false { contact = Ledger.Contact(eraseTime: writer.time) }
      }
      _ = try writer.put(record, after: record.meta ?? Ledger.RecordMeta(), dataKey: .destroy)
    }
    return records.count
  }
}
