public import GuobanMessages

extension Reporting.Result {
  /// Adds a note: how it was computed, what is missing, what to read with care.
  public mutating func note(_ kind: Reporting.NoteKind, _ text: String) {
    notes.append(Reporting.Note(kind: kind, text: text))
  }
}

extension Reporting.Table {
  /// Adds a row, with as many cells as there are columns.
  public mutating func add(_ cells: [ReportCell], kind: Reporting.RowKind = .unspecified) {
    precondition(cells.count == columns.count, "table \(id) has \(columns.count) columns, the row \(cells.count)")
    rows.append(Reporting.Row(cells: cells, kind: kind))
  }
}
