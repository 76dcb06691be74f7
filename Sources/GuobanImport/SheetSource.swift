internal import GuobanModel
internal import GuobanSheet

/// The first sheet of an XLSX workbook.
struct SheetSource: RowSource {
  private let reader: SheetReader
  private let limits: SheetLimits

  init(path: String, limits: ImportLimits) throws(SourceFault) {
    self.limits = limits.sheet
    do throws(SheetError) {
      reader = try SheetReader(path: path, limits: limits.sheet)
    } catch {
      throw SourceFault(line: error.row, violation: error.violation(limits.sheet))
    }
  }

  var encoding: TextEncoding { .utf8 }
  var isRagged: Bool { true }

  mutating func next() throws(SourceFault) -> SourceRow? {
    do throws(SheetError) {
      guard let row = try reader.next() else { return nil }
      return SourceRow(line: row.number, cells: row.cells, faults: row.faults.mapValues(\.violation))
    } catch {
      let isAboutACell = error.code == .cellTooLong || error.code == .tooManyColumns
      throw SourceFault(
        line: error.row, cell: isAboutACell ? error.column : nil, violation: error.violation(limits))
    }
  }

  /// Of merged cells only the first has a value; what the others mean nobody can tell but the clerk.
  func afterthoughts(headerLine: Int) -> [SourceFault] {
    reader.merges.compactMap { range in
      let rows = range.split(separator: ":").compactMap { Int($0.drop(while: \.isLetter)) }
      guard let last = rows.last, last > headerLine, let first = rows.first else { return nil }
      return SourceFault(
        line: max(first, headerLine + 1),
        violation: RuleViolation(
          rule: "CELLS_MERGED", message: "合并单元格 \(range)：只有左上角的格有值，请取消合并并在每一格填写",
          englishMessage: "cells \(range) are merged; only the first has a value: unmerge and fill each"))
    }
  }
}

extension SheetCellFault {
  var violation: RuleViolation {
    switch self {
    case .error(let text):
      RuleViolation(
        rule: "CELL_FORMULA_ERROR", message: "公式出错（\(text.prefix(20))），请改为填写数值",
        englishMessage: "the formula failed (\(text.prefix(20))); fill in a value")
    case .uncalculated:
      RuleViolation(
        rule: "CELL_NOT_CALCULATED", message: "公式还没有算出结果：请用 Excel 打开并保存一次，或改为填写数值",
        englishMessage: "the formula has no stored value; open and save the file in Excel, or fill in a value")
    case .digitsLost(let text):
      RuleViolation(
        rule: "CELL_DIGITS_LOST", message: "“\(text)”超过 15 位数字，Excel 已经改动了末尾的数字：请把单元格设为“文本”后重新填写",
        englishMessage: "\(text) has more than 15 digits, the last of which Excel has changed; make the cell text")
    case .notADate(let text):
      RuleViolation(
        rule: "CELL_NOT_A_DATE", message: "“\(text)”按日期显示，但不是一个日期，请核对",
        englishMessage: "\(text) is shown as a date but is none")
    }
  }
}

extension SheetError {
  func violation(_ limits: SheetLimits) -> RuleViolation {
    func made(_ rule: String, _ message: String, _ english: String) -> RuleViolation {
      RuleViolation(rule: rule, message: message, englishMessage: english)
    }
    return switch code {
    case .cannotOpen:
      made("FILE_WORKBOOK", "打不开：不是 XLSX 文件，或文件不完整；旧格式(.xls)请另存为 .xlsx", "it is no XLSX file, or cut short")
    case .notAWorkbook: made("FILE_WORKBOOK", "里面没有 Excel 工作表", "it holds no worksheet")
    case .damaged: made("FILE_DAMAGED", "文件已损坏，请用 Excel 打开并另存", "the file is damaged; open it in Excel and save it")
    case .encrypted: made("FILE_ENCRYPTED", "文件有密码，请取消密码后再导入", "the file has a password; remove it")
    case .tooLarge: made("FILE_BYTES", "解压后太大，不像是台账；请拆成几个文件", "too large when inflated; split it")
    case .cellTooLong:
      made("CELL_BYTES", "单元格超过 \(limits.cellBytesMax) 字节", "the cell has more than \(limits.cellBytesMax) bytes")
    case .tooManyColumns:
      made("ROW_CELLS", "超过 \(limits.columnsMax) 列还有内容，请删去", "there is something beyond column \(limits.columnsMax)")
    case .forbidden: made("FILE_DAMAGED", "文件里有工作簿不该有的内容，没有读", "the file holds what no workbook may")
    case .noMemory: made("FILE_BYTES", "内存不足", "out of memory")
    case .cannotWrite: made("FILE_UNWRITABLE", "文件写不了 \(detail)", "the file cannot be written \(detail)")
    }
  }
}
