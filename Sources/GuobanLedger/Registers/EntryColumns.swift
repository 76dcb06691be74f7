internal import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// The columns of Entry that the fields of registers are kept in. A register gives each of its fields one of them, for
/// as long as the field is there; storage never changes when registers do.
public enum EntryColumns {
  /// For TEXT, DATE, MONTH and CHOICE.
  public static let texts = numbered("text", count: 16)
  /// For INTEGER, DECIMAL, MONEY and BOOLEAN.
  public static let numbers = numbered("number", count: 12)
  /// For REFERENCE, by the record type that is referred to.
  public static let references: KeyValuePairs<String, [String]> = [
    "Enterprise": ["enterprise_1", "enterprise_2"], "Project": ["project_1"], "Officer": ["officer_1"],
    "Region": ["region_1"], "Entry": ["entry_1"],
  ]

  /// Every column with what it holds.
  public static let schemas: [ColumnSchema] =
    texts.map { ColumnSchema($0, .text) } + numbers.map { ColumnSchema($0, .integer) }
    + references.flatMap { type, columns in
      columns.map { ColumnSchema($0, .text, references: type, isSparse: true) }
    }

  /// Where values of such a field may be.
  static func candidates(for field: Ledger.RegisterField) -> [String] {
    switch field.type {
    case .text, .date, .month, .choice: texts
    case .integer, .decimal, .money, .boolean: numbers
    case .reference: references.first { $0.key == field.references }?.value ?? []
    default: []
    }
  }

  private static func numbered(_ name: String, count: Int) -> [String] {
    (1...count).map { "\(name)_\(zeroPadded($0, 2))" }
  }
}
