internal import GuobanMessages
internal import GuobanStorage

extension ColumnSchema {
  /// A column of the short names of an enum, `UNSPECIFIED` among them.
  static func choice<Choice: OpenEnum>(_ name: String, _ type: Choice.Type) -> ColumnSchema {
    ColumnSchema(name, .text, values: .names(Choice.allCases.compactMap(\.knownName)))
  }

  /// A column of civil dates.
  static func day(_ name: String) -> ColumnSchema { ColumnSchema(name, .text, values: .days) }

  /// A column of months.
  static func month(_ name: String) -> ColumnSchema { ColumnSchema(name, .text, values: .months) }
}
