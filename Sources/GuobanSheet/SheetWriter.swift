internal import CXlsxWriter
internal import Glibc
internal import GuobanModel

/// Writes an XLSX workbook row by row in constant memory: a row that is written cannot be changed.
public final class SheetWriter {
  /// Rows of a sheet and characters of a cell, by the format.
  public static let rowsMax = 1_048_576
  public static let cellCharactersMax = 32_767
  /// A list of choices.
  private static let choiceCharactersMax = 255

  private var workbook: UnsafeMutablePointer<lxw_workbook>?
  private var sheet: UnsafeMutablePointer<lxw_worksheet>?
  private let dateFormat: UnsafeMutablePointer<lxw_format>?
  private let headFormat: UnsafeMutablePointer<lxw_format>?
  private let requiredFormat: UnsafeMutablePointer<lxw_format>?
  private var row: UInt32 = 0

  /// - Parameters:
  ///   - path: replaced when it is there.
  ///   - temporaryFolder: for the rows until ``close()``.
  public init(path: String, sheetName: String, temporaryFolder: String) throws(SheetError) {
    // Safety: libxlsxwriter copies the folder's name and owns everything that it returns until `workbook_close`, which
    // frees it and is called once, by `close()` or `deinit`.
    workbook = temporaryFolder.withCString { folder in
      var options = lxw_workbook_options(
        constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: folder), use_zip64: 1)
      return workbook_new_opt(path, &options)
    }
    guard let workbook else { throw SheetError(.noMemory) }
    dateFormat = workbook_add_format(workbook)
    headFormat = workbook_add_format(workbook)
    requiredFormat = workbook_add_format(workbook)
    format_set_num_format(dateFormat, "yyyy-mm-dd")
    format_set_bold(headFormat)
    format_set_bold(requiredFormat)
    format_set_font_color(requiredFormat, 0xC00000)
    try addSheet(sheetName)
  }

  deinit { _ = try? close() }

  /// Begins another sheet; the one before is done.
  public func addSheet(_ name: String) throws(SheetError) {
    guard let workbook, let added = workbook_add_worksheet(workbook, name) else {
      throw SheetError(.cannotWrite, detail: name)
    }
    sheet = added
    row = 0
  }

  /// Columns from 0, each as wide as so many characters.
  public func setWidths(_ widths: [Double]) {
    for (column, width) in widths.enumerated() {
      worksheet_set_column(sheet, UInt16(column), UInt16(column), width, nil)
    }
  }

  /// The first row stays in view.
  public func freezeHead() { worksheet_freeze_panes(sheet, 1, 0) }

  /// Offers choices under the first row.
  public func offer(_ choice: SheetChoice) {
    let characters = choice.allowed.reduce(choice.allowed.count - 1) { $0 + $1.count }
    guard choice.allowed.count > 0, characters < Self.choiceCharactersMax else { return }
    // Safety: libxlsxwriter copies the list before it returns.
    var words = choice.allowed.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    words.withUnsafeMutableBufferPointer { words in
      var rule = lxw_data_validation()
      rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
      rule.ignore_blank = UInt8(LXW_VALIDATION_ON.rawValue)
      // Several values, or the protocol's own names, may stand in a cell as well: a warning would be wrong.
      rule.show_error = UInt8(LXW_VALIDATION_OFF.rawValue)
      rule.value_list = words.baseAddress
      worksheet_data_validation_range(
        sheet, 1, UInt16(choice.column), UInt32(Self.rowsMax - 1), UInt16(choice.column), &rule)
    }
  }

  /// Writes the next row.
  public func write(_ cells: [SheetCell], style: SheetStyle = .plain) throws(SheetError) {
    try write(cells, styles: Array(repeating: style, count: cells.count))
  }

  /// Writes the next row, each cell in its own style.
  public func write(_ cells: [SheetCell], styles: [SheetStyle]) throws(SheetError) {
    guard Int(row) < Self.rowsMax else { throw SheetError(.tooLarge, row: Int(row) + 1) }
    for (column, cell) in cells.enumerated() {
      let result = write(cell, UInt16(column), styles[column])
      guard result == LXW_NO_ERROR else {
        let code: SheetError.Code = result == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? .cellTooLong : .cannotWrite
        throw SheetError(code, row: Int(row) + 1, column: column, detail: String(cString: lxw_strerror(result)))
      }
    }
    row += 1
  }

  private func write(_ cell: SheetCell, _ column: UInt16, _ style: SheetStyle) -> lxw_error {
    let format =
      switch style {
      case .plain: UnsafeMutablePointer<lxw_format>?.none
      case .head: headFormat
      case .requiredHead: requiredFormat
      }
    switch cell {
    case .empty: return LXW_NO_ERROR
    case .text(let text): return worksheet_write_string(sheet, row, column, SheetValue.escaped(text), format)
    case .number(let text):
      let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let significant = digits.drop { $0 == UInt8(ascii: "0") }.count
      guard significant <= SheetValue.digitsMax, let value = Double(text) else {
        return worksheet_write_string(sheet, row, column, text, format)
      }
      return worksheet_write_number(sheet, row, column, value, format)
    case .date(let text):
      guard let date = try? CivilDate(text), let serial = SheetValue.serial(date) else {
        return worksheet_write_string(sheet, row, column, text, format)
      }
      return worksheet_write_number(sheet, row, column, Double(serial), dateFormat)
    }
  }

  /// Puts the file together. Nothing can be written afterwards.
  public func close() throws(SheetError) {
    guard let workbook else { return }
    self.workbook = nil
    sheet = nil
    let result = workbook_close(workbook)
    guard result == LXW_NO_ERROR else {
      throw SheetError(.cannotWrite, detail: String(cString: lxw_strerror(result)))
    }
  }
}
