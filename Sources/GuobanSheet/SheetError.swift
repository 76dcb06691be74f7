internal import CSheet

/// Why a workbook cannot be read or written.
public struct SheetError: Error, Hashable, Sendable {
  public enum Code: Hashable, Sendable {
    case cannotOpen, notAWorkbook, damaged, encrypted, tooLarge, cellTooLong, tooManyColumns, forbidden, noMemory
    case cannotWrite
  }
  public var code: Code
  /// The row that was being read, from 1; 0 when none was.
  public var row: Int
  /// The column, from 0, where `code` is about a cell.
  public var column: Int
  /// What a library said; may be empty.
  public var detail: String

  public init(_ code: Code, row: Int = 0, column: Int = 0, detail: String = "") {
    self.code = code
    self.row = row
    self.column = column
    self.detail = detail
  }

  init(_ status: guoban_sheet_status, row: Int = 0, column: Int = 0) {
    let code: Code =
      switch status {
      case GUOBAN_SHEET_CANNOT_OPEN: .cannotOpen
      case GUOBAN_SHEET_NOT_A_WORKBOOK: .notAWorkbook
      case GUOBAN_SHEET_ENCRYPTED: .encrypted
      case GUOBAN_SHEET_TOO_LARGE: .tooLarge
      case GUOBAN_SHEET_CELL_TOO_LONG: .cellTooLong
      case GUOBAN_SHEET_TOO_MANY_COLUMNS: .tooManyColumns
      case GUOBAN_SHEET_FORBIDDEN: .forbidden
      case GUOBAN_SHEET_NO_MEMORY: .noMemory
      case GUOBAN_SHEET_CANNOT_WRITE: .cannotWrite
      default: .damaged
      }
    self.init(code, row: row, column: column)
  }
}
