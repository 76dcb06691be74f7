/// What a backend must know of a record type: its name, the columns projected from its bytes, and what it refers to.
///
/// The record itself is stored as packed protobuf bytes that no backend looks into. One object for each type: every write
/// asks it for its name.
public final class RecordSchema: Sendable {
  /// The message's name in `guoban.v1`: "Enterprise". Also the name of the source in filters and grouped queries.
  public let name: String
  /// Projected columns, without the key, which is always there under the name "key".
  public let columns: [ColumnSchema]
  /// Rows that one record projects into a source of their own, such as a project's yearly plans.
  public let children: [ChildSchema]
  /// Column lists that deserve an index.
  public let indexes: [[String]]
  /// Columns of text that are looked up for what they equal, and whose values come in no order: a backend may bring their
  /// indexes up to date later than the records.
  public let bufferedIndexes: [String]
  /// Where the codes of the regions stand that a record belongs to: "region", "project.region", "key". None: it belongs
  /// to no region. The change log records them with every change.
  public let regionPaths: [String]
  /// Columns of grouped queries that stand in other sources, once a year.
  public let yearly: [YearlyColumn]
  /// How records lie above each other; nil when they do not.
  public let tree: TreeSchema?
  /// Whether its records may have data keys.
  public let holdsPersonalData: Bool
  /// Counts up when the same columns come to hold other values of the same bytes: then a backend projects all anew.
  public let projection: Int

  /// The columns that hold another record's key, and its type.
  public let references: [(column: Int, type: String)]

  /// Describes a record type.
  public init(
    name: String, columns: [ColumnSchema], children: [ChildSchema] = [], indexes: [[String]] = [],
    bufferedIndexes: [String] = [], regionPaths: [String] = [], yearly: [YearlyColumn] = [], tree: TreeSchema? = nil,
    holdsPersonalData: Bool = false, projection: Int = 1
  ) {
    self.projection = projection
    self.holdsPersonalData = holdsPersonalData
    self.name = name
    self.columns = columns
    self.children = children
    self.indexes = indexes
    self.bufferedIndexes = bufferedIndexes
    self.regionPaths = regionPaths
    self.yearly = yearly
    self.tree = tree
    references = columns.enumerated().compactMap { index, column in
      column.references.map { (index, $0) }
    }
  }
}

/// A source whose rows are projected from the records of another type, and live and die with them.
///
/// Every child source has the column "key", the parent record's key, ahead of its own.
public struct ChildSchema: Sendable, Equatable {
  /// "ProjectPlan".
  public var name: String
  /// Its own columns, without "key".
  public var columns: [ColumnSchema]

  /// Describes a child source.
  public init(name: String, columns: [ColumnSchema]) {
    self.name = name
    self.columns = columns
  }
}

/// One projected column.
public struct ColumnSchema: Sendable, Equatable {
  /// What a column holds.
  public enum Kind: Sendable, Equatable {
    /// UTF-8 text; an empty string is stored as such, not as NULL, but is no value: nothing measures it.
    case text
    /// A signed 64-bit integer; a boolean is 0 or 1.
    case integer
    /// A repeated string: matched by the `:` operator, never grouped.
    case textList
  }

  /// The field's name in the message: "region".
  public var name: String
  /// What it holds.
  public var kind: Kind
  /// The record type whose key this column holds: filters and groups may then say "project.region".
  public var references: String?
  /// Many records have no value here, or an empty text: an index over this column alone need not hold those, and no
  /// comparison finds them but those with the empty text itself.
  public var isSparse: Bool
  /// The value is this many characters of the key, from its first: it is not stored again, and what has it is a range of
  /// the keys. Nil for all others.
  public var keyPrefix: Int?
  /// What a column of texts can hold; nil for anything. Filters are held to it, not what is written.
  public var values: ColumnValues?

  /// Describes a column.
  public init(
    _ name: String, _ kind: Kind, references: String? = nil, isSparse: Bool = false, keyPrefix: Int? = nil,
    values: ColumnValues? = nil
  ) {
    self.values = values
    self.name = name
    self.kind = kind
    self.references = references
    self.isSparse = isSparse
    self.keyPrefix = keyPrefix
  }
}

/// The value of one column in one row.
public enum ColumnValue: Sendable, Hashable {
  case text(String)
  case integer(Int64)
  case textList([String])
  case null
}

/// A record as a backend stores it.
public struct StoredRecord: Sendable, Equatable {
  /// ``RecordSchema/name``.
  public var type: String
  /// Unique within the type; ordered as UTF-8 bytes.
  public var key: String
  /// The packed message, `meta` included.
  public var bytes: [UInt8]
  /// In the order of ``RecordSchema/columns``.
  public var columns: [ColumnValue]
  /// Rows of each child source, in the order of ``RecordSchema/children``, each in the order of its columns.
  public var children: [[[ColumnValue]]]
  /// What becomes of its data key.
  public var dataKey: DataKeyChange

  /// Puts a record together.
  public init(
    type: String, key: String, bytes: [UInt8], columns: [ColumnValue], children: [[[ColumnValue]]] = [],
    dataKey: DataKeyChange = .keep
  ) {
    self.dataKey = dataKey
    self.type = type
    self.key = key
    self.bytes = bytes
    self.columns = columns
    self.children = children
  }
}
