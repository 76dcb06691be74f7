public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// A message that the ledger keeps: how it is keyed, checked, and projected into columns.
public protocol LedgerRecord: Message {
  /// Name, projected columns and references of this type.
  static var schema: RecordSchema { get }

  /// Whether records of this type belong to all regions at once: everybody reads them, and only who is held to no region
  /// writes them. Else each belongs to the region at ``RegionTie``'s path.
  static var isShared: Bool { get }

  /// What a caller needs to read records of this type through what reads any type: export, watch, reports.
  static var readPermission: Permission { get }

  /// Written by the daemon alone.
  var meta: Ledger.RecordMeta? { get set }
  /// Free labels; at most 64, checked by ``RecordChecks``.
  var labels: [String: String] { get set }
  /// Free tags.
  var tags: [String] { get set }

  /// Unique within the type.
  var key: String { get }

  /// Brings codes into their canonical form ("豫j·12345" → "豫J12345"). What has none is left for ``check(_:)`` to refuse.
  mutating func normalise()

  /// Takes from the stored version what only the daemon's own methods write; an update that would change it is reported.
  mutating func keepManaged(of stored: Self, _ checks: inout RecordChecks)

  /// Reports every field that breaks a rule.
  func check(_ checks: inout RecordChecks)

  /// In the order of ``RecordSchema/columns``, without the shared ones at the end.
  var ownColumns: [ColumnValue] { get }

  /// Rows of the child sources, in the order of ``RecordSchema/children``.
  var childRows: [[[ColumnValue]]] { get }
}

extension LedgerRecord {
  public static var readPermission: Permission { .readRecords }

  /// How records of this type belong to a region.
  public static var regionTie: RegionTie {
    if isShared { return .shared }
    guard schema.regionPaths.count == 1 else { preconditionFailure("\(schema.name) says no region, or several") }
    return .region(at: schema.regionPaths[0])
  }

  public mutating func normalise() {}

  public mutating func keepManaged(of stored: Self, _ checks: inout RecordChecks) {}

  public var childRows: [[[ColumnValue]]] { [] }

  /// The record as storage takes it, stamped.
  func stored(meta: Ledger.RecordMeta) -> StoredRecord {
    var stamped = self
    stamped.meta = meta
    return StoredRecord(
      type: Self.schema.name, key: key, bytes: stamped.packed(), columns: ownColumns + [.textList(tags)],
      children: childRows)
  }

  /// Projects a record as it is, for a ledger that is being restored.
  func projected(from bytes: [UInt8]) -> StoredRecord {
    StoredRecord(
      type: Self.schema.name, key: key, bytes: bytes, columns: ownColumns + [.textList(tags)], children: childRows)
  }

  /// Every violation of this record's own rules; `path` goes before each field's name.
  func violations(path: String) -> [RecordViolation] {
    var checks = RecordChecks(path: path)
    checks.shared(labels: labels, tags: tags)
    check(&checks)
    return checks.violations
  }
}

extension RecordSchema {
  /// A schema with the columns that every record type shares at its end.
  ///
  /// - Parameter regions: ``regionPaths``: who may see a record hangs on them.
  static func record(
    _ name: String, _ columns: [ColumnSchema], children: [ChildSchema] = [], indexes: [[String]] = [],
    regions: [String]
  ) -> RecordSchema {
    RecordSchema(
      name: name, columns: columns + [ColumnSchema("tags", .textList)], children: children, indexes: indexes,
      regionPaths: regions)
  }
}
