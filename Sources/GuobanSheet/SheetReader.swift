internal import CSheet

/// One row of a sheet, as text.
public struct SheetRow: Equatable, Sendable {
  /// As the spreadsheet counts, from 1.
  public var number: Int
  /// From column A; a cell that is not there is empty. No empty ones at the end.
  public var cells: [String]
  /// Cells whose value cannot be taken, by column.
  public var faults: [Int: SheetCellFault]
}

/// Why a cell's value cannot be taken.
public enum SheetCellFault: Hashable, Sendable {
  /// `#N/A` and its like.
  case error(String)
  /// A formula whose value was never stored.
  case uncalculated
  /// More digits than a double holds: the spreadsheet has changed the number already.
  case digitsLost(String)
  /// A date style over something that is no day.
  case notADate(String)
}

/// Reads the first visible sheet of an XLSX workbook, a row at a time.
public final class SheetReader {
  private let handle: OpaquePointer
  private let is1904: Bool

  /// - Throws: ``SheetError``.
  public init(path: String, limits: SheetLimits) throws(SheetError) {
    var status = GUOBAN_SHEET_OK
    var limits = limits.c
    // Safety: the handle is owned by this object, which closes it once; a `guoban_sheet` keeps a copy of the limits.
    guard let handle = guoban_sheet_open(path, &limits, &status) else { throw SheetError(status) }
    self.handle = handle
    is1904 = guoban_sheet_is_1904(handle) != 0
  }

  deinit { guoban_sheet_close(handle) }

  /// Merged ranges, `A3:A5`; known after the last row.
  public var merges: [String] {
    (0..<guoban_sheet_merge_count(handle)).map { String(cString: guoban_sheet_merge(handle, $0)) }
  }

  /// The next row that is in the file; nil after the last.
  public func next() throws(SheetError) -> SheetRow? {
    var number: UInt32 = 0
    var cells: UnsafePointer<guoban_sheet_cell>?
    var count = 0
    var status = GUOBAN_SHEET_OK
    switch guoban_sheet_next(handle, &number, &cells, &count, &status) {
    case 0: return nil
    case 1:
      // Safety: the cells and their texts are valid until the next call on this handle; all is copied here.
      return row(Int(number), UnsafeBufferPointer(start: cells, count: count))
    default:
      throw SheetError(
        status, row: Int(guoban_sheet_row(handle)), column: Int(guoban_sheet_column(handle)))
    }
  }

  private func row(_ number: Int, _ cells: UnsafeBufferPointer<guoban_sheet_cell>) -> SheetRow {
    var row = SheetRow(number: number, cells: [], faults: [:])
    for cell in cells {
      let column = Int(cell.column)
      while row.cells.count < column { row.cells.append("") }
      // Safety: `text` has `length` bytes, which expat has checked to be UTF-8.
      let text = String(
        decoding: UnsafeRawBufferPointer(start: cell.text, count: cell.length), as: UTF8.self)
      let (shown, fault) = SheetValue.text(text, cell.kind, is1904: is1904)
      row.cells.append(shown)
      if let fault { row.faults[column] = fault }
    }
    return row
  }
}
