internal import GuobanModel

extension CSVError {
  func violation(_ limits: ImportLimits) -> RuleViolation {
    switch reason {
    case .quoteInsideCell:
      RuleViolation(
        rule: "CSV_QUOTE",
        message: "单元格中间有引号：整格要用引号括起来，格内的引号写两个，如 \"直径12\"\"管道\"",
        englishMessage: "a quote inside a cell: put the whole cell in quotes and write the inner one twice")
    case .textAfterQuote:
      RuleViolation(
        rule: "CSV_QUOTE", message: "右引号后面还有文字：格内的引号要写两个，右引号后只能是逗号或行尾",
        englishMessage: "text after the closing quote: write inner quotes twice")
    case .quoteNotClosed:
      RuleViolation(
        rule: "CSV_QUOTE", message: "从这里开始的引号到文件末尾都没有关闭",
        englishMessage: "the quote that opens here is never closed")
    case .cellTooLong:
      RuleViolation(
        rule: "CSV_CELL_BYTES", message: "单元格超过 \(limits.cellBytesMax) 字节，可能漏了引号",
        englishMessage: "the cell has more than \(limits.cellBytesMax) bytes; perhaps a quote is missing")
    case .unreadable(let violation): violation
    case .tooManyCells:
      RuleViolation(
        rule: "CSV_ROW_CELLS", message: "一行超过 \(limits.rowCellsMax) 格",
        englishMessage: "the row has more than \(limits.rowCellsMax) cells")
    }
  }
}
