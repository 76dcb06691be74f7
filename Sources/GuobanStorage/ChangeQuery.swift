public import GuobanMessages

/// Rows of the change log that meet every condition.
public struct ChangeQuery: Sendable {
  /// Empty: everybody.
  public var actor: String = ""
  /// Empty: every type.
  public var type: String = ""
  /// Of one record, which needs `type`; empty: every record.
  public var key: String = ""
  /// Nil: any.
  public var operation: Ledger.ChangeOperation?
  /// Seconds since 1970, inclusive and exclusive.
  public var seconds: Range<Int64>?
  /// Exclusive: where the page before ended.
  public var afterRevision: UInt64?
  public var oldestFirst = false
  /// Leaves out the records' bytes: a page of them may be large.
  public var withoutRecords = false
  public var limit: Int

  /// The newest `limit` changes.
  public init(limit: Int) {
    self.limit = limit
  }
}

/// What the change log says of one record: its last change, which was not a delete.
public struct RecordVersion: Sendable, Equatable {
  public var key: String
  /// Of that change.
  public var revision: UInt64
  /// SHA-256 of the record's bytes.
  public var sha256: [UInt8]

  /// Describes a version.
  public init(key: String, revision: UInt64, sha256: [UInt8]) {
    self.key = key
    self.revision = revision
    self.sha256 = sha256
  }
}

/// A row of the change log that a search may miss.
public struct HiddenChange: Sendable, Equatable {
  public var revision: UInt64
  /// Whose change it is.
  public var name: RecordName

  /// Names the row.
  public init(revision: UInt64, name: RecordName) {
    self.revision = revision
    self.name = name
  }
}

/// Some of a sequence that is read in parts.
public struct Part<Element: Sendable>: Sendable {
  public var elements: [Element]
  /// Where to go on; nil at the end. A part may be empty and still not be the last.
  public var next: String?

  /// A part of a sequence.
  public init(_ elements: [Element], next: String?) {
    self.elements = elements
    self.next = next
  }
}

/// A record as the backend's tables have it, projected columns included.
public struct StoredRow: Sendable, Equatable {
  public var record: StoredRecord
  public var revision: UInt64

  /// Pairs a record with the revision that wrote it.
  public init(record: StoredRecord, revision: UInt64) {
    self.record = record
    self.revision = revision
  }
}

/// A record whose last change is no longer in the log: what stands for that change.
public struct FoldedRecord: Sendable, Equatable {
  public var type: String
  public var version: RecordVersion

  /// Describes a folded change.
  public init(type: String, version: RecordVersion) {
    self.type = type
    self.version = version
  }
}

/// A request whose answer is no longer in the log.
public struct FoldedRequest: Sendable, Equatable {
  /// ``digest(actor:requestID:)``.
  public var digest: [UInt8]
  /// The last one that it wrote.
  public var revision: UInt64

  /// Describes a folded request.
  public init(digest: [UInt8], revision: UInt64) {
    self.digest = digest
    self.revision = revision
  }
}
