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

  /// What a caller needs to write records of this type through what writes any type: imports.
  static var writePermission: Permission { get }

  /// Written by the daemon alone.
  var meta: Ledger.RecordMeta? { get set }
  /// Free labels; at most 64, checked by ``RecordChecks``.
  var labels: [String: String] { get set }
  /// Free tags.
  var tags: [String] { get set }

  /// Unique within the type.
  var key: String { get }

  /// Fields whose stored value need not hold any more when another is changed, by that one's name. An update that names only
  /// the other says nothing of them: they come to ``settle(after:in:path:)`` empty, which takes what still holds.
  static var hangingFields: [String: String] { get }

  /// Brings codes into their canonical form ("豫j·12345" → "豫J12345"). What has none is left for ``check(_:)`` to refuse.
  mutating func normalise()

  /// Takes from the stored version what only the daemon's own methods write; an update that would change it is reported.
  /// Comes before ``check(_:)``, which sees the record whole, and so cannot be part of ``settle(after:in:path:)``.
  mutating func keepManaged(of stored: Self, _ checks: inout RecordChecks)

  /// Reports every field that breaks a rule.
  func check(_ checks: inout RecordChecks)

  /// Reports what is beyond a bound. Only what comes in is held to it: what is stored may have come under another.
  func check(within bounds: RecordBounds, _ checks: inout RecordChecks)

  /// Fills in what only the ledger knows, before the record is looked up by its key. Returns what speaks against it.
  ///
  /// - Parameter path: goes before each field's name.
  mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation]

  /// The rules over one version and the next, and over this record and others, on the writer; also fills in what the
  /// daemon alone writes. Comes after ``check(_:)``: what that bounds is bounded here.
  ///
  /// - Parameter old: what is stored now; nil for a new record; the record itself for one that comes back after a delete,
  ///   so that rules over others must not ask what it was before.
  mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws

  /// Changes in other records what hangs on the change from `old` to this version. Comes after this one is written, so that
  /// its own row is the first of the commit; not for a record that is new, or comes back after a delete.
  func carryOver(after old: Self, in writer: any LedgerWriter, path: String) throws

  /// What speaks against this version beside the other records, once all that a request writes is written.
  func conflicts(in reader: any LedgerReader, path: String) throws -> [RecordViolation]

  /// Throws when this version is to stay.
  func checkDeletable() throws

  /// False while the key waits for ``complete(in:path:)``.
  var isKeyed: Bool { get }

  /// What a client calls a column, for messages.
  func fieldName(ofColumn column: String) -> String

  /// In the order of ``RecordSchema/columns``, without the shared ones at the end.
  var ownColumns: [ColumnValue] { get }

  /// Rows of the child sources, in the order of ``RecordSchema/children``.
  var childRows: [[[ColumnValue]]] { get }

  /// Shows every contact that the record can have, by a name that is unique in it ("holder", "events[3].contact"), to be
  /// read or changed. A type that has some says so with `contacts:` in its schema; writing seals and masks them, see
  /// `Personal/`.
  mutating func visitContacts(_ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void) rethrows

  /// The last day that contacts are needed for, "2023-06-30", from which their retention counts; "": as long as the
  /// record is there.
  var contactsNeededUntil: String { get }
}

extension LedgerRecord {
  public static var readPermission: Permission { .readRecords }

  public static var writePermission: Permission { .writeRecords }

  /// How records of this type belong to a region.
  public static var regionTie: RegionTie {
    if isShared { return .shared }
    guard schema.regionPaths.count == 1 else { preconditionFailure("\(schema.name) says no region, or several") }
    return .region(at: schema.regionPaths[0])
  }

  public static var hangingFields: [String: String] { [:] }

  public mutating func normalise() {}

  public mutating func keepManaged(of stored: Self, _ checks: inout RecordChecks) {}
  public func check(within bounds: RecordBounds, _ checks: inout RecordChecks) {}
  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] { [] }

  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {}

  public func carryOver(after old: Self, in writer: any LedgerWriter, path: String) throws {}

  public func conflicts(in reader: any LedgerReader, path: String) throws -> [RecordViolation] { [] }

  public func checkDeletable() throws {}

  public var isKeyed: Bool { true }

  public func fieldName(ofColumn column: String) -> String { column }

  public var childRows: [[[ColumnValue]]] { [] }

  public mutating func visitContacts(
    _ visit: (_ field: String, _ contact: inout Ledger.Contact?) throws -> Void
  ) rethrows {}

  public var contactsNeededUntil: String { "" }

  /// The stamped record as storage takes it.
  func stored(dataKey: DataKeyChange) -> StoredRecord {
    StoredRecord(
      type: Self.schema.name, key: key, bytes: packed(), columns: columns, children: childRows, dataKey: dataKey)
  }

  private var columns: [ColumnValue] {
    var columns = ownColumns
    columns.reserveCapacity(columns.count + 2)
    if Self.schema.holdsPersonalData { columns.append(contactUntil) }
    columns.append(.textList(tags))
    return columns
  }

  /// ``contactsNeededUntil`` while there is something to erase, and an end to its use.
  private var contactUntil: ColumnValue {
    var hasSealed = false
    var copy = self
    copy.visitContacts { hasSealed = hasSealed || !($1?.sealed.isEmpty ?? true) }
    return hasSealed && !contactsNeededUntil.isEmpty ? .text(contactsNeededUntil) : .null
  }

  /// Projects a record as it is, for a ledger that is being restored.
  func projected(from bytes: [UInt8]) -> StoredRecord {
    StoredRecord(type: Self.schema.name, key: key, bytes: bytes, columns: columns, children: childRows)
  }

  /// Every violation of this record's own rules, and of `bounds` where it comes in; `path` goes before each field's name.
  func violations(path: String, within bounds: RecordBounds? = nil) -> [RecordViolation] {
    var checks = RecordChecks(path: path)
    checks.shared(labels: labels, tags: tags)
    var copy = self
    copy.visitContacts { checks.contact($0, $1) }
    check(&checks)
    if let bounds { check(within: bounds, &checks) }
    return checks.violations
  }
}

extension RecordSchema {
  /// A schema with the columns that every record type shares at its end.
  ///
  /// - Parameters:
  ///   - regions: ``regionPaths``: who may see a record hangs on them.
  ///   - contacts: whether records of this type have contacts; then the column ``contactUntil`` finds those that are due
  ///     to be erased.
  static func record(
    _ name: String, _ columns: [ColumnSchema], children: [ChildSchema] = [], indexes: [[String]] = [],
    bufferedIndexes: [String] = [], regions: [String], contacts: Bool = false, yearly: [YearlyColumn] = [],
    tree: TreeSchema? = nil, projection: Int = 1
  ) -> RecordSchema {
    RecordSchema(
      name: name,
      columns: columns + (contacts ? [ColumnSchema(contactUntil, .text, isSparse: true)] : []) + [
        ColumnSchema("tags", .textList)
      ],
      children: children, indexes: indexes + (contacts ? [[contactUntil]] : []), bufferedIndexes: bufferedIndexes,
      regionPaths: regions, yearly: yearly,
      tree: tree, holdsPersonalData: contacts, projection: projection)
  }

  /// The column of the last day that a record's contacts are needed for.
  static let contactUntil = "contact_until"
}
