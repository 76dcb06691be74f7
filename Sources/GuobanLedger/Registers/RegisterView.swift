public import GuobanMessages
public import GuobanStorage

extension SourceView {
  /// What a register's source is called, before its id.
  public static let registerPrefix = "register:"

  /// A register as a source: its fields as columns, beside the id, region, register and tags of its entries.
  public init(_ register: Ledger.Register) {
    self.init(
      name: Self.registerPrefix + register.id, base: Ledger.Entry.schema.name,
      condition: .compare(column: "register", .equal, .text(register.id)),
      columns: ["id", "region", "register", "tags"].map { Column($0, base: $0) }
        + register.fields.map { Column($0.name, base: $0.column, values: $0.values) })
  }

  /// The view that a source's name means: `register:support`, or `support` where no record type is called so. Nil for a
  /// record type, and for what there is not.
  public static func named(_ source: String, in reader: any LedgerReader) throws -> SourceView? {
    let id: String
    if source.hasPrefix(registerPrefix) {
      id = String(source.dropFirst(registerPrefix.count))
    } else {
      // Names of registers begin with a small letter, those of record types with a capital.
      guard source.first?.isLowercase == true else { return nil }
      id = source
    }
    guard let bytes = try reader.record(Ledger.Register.schema.name, id) else { return nil }
    return SourceView(try Ledger.Register(packed: bytes, limits: .standard))
  }
}

extension Ledger.RegisterField {
  /// What its column can hold: entries are held to the definition, and a definition is not changed under them.
  fileprivate var values: ColumnValues? {
    switch type {
    case .choice: .names(choices)
    case .date: .days
    case .month: .months
    default: nil
    }
  }
}
