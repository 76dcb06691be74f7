internal import GuobanModel

extension RecordTable {
  /// Reads a file. What is wrong is in the result's problems; good rows are there as well.
  func read(_ bytes: [UInt8], limits: ImportLimits) -> ReadRows<Row> {
    var result = ReadRows<Row>(file: file, problems: ImportProblems(keptMax: limits.problemsMax))
    func report(_ line: Int, _ violation: RuleViolation, column: String = "") {
      result.problems.append(ImportProblem(file: file, line: line, column: column, violation: violation))
    }

    guard bytes.count <= limits.fileBytesMax else {
      report(0, .fileTooLong(limits.fileBytesMax))
      return result
    }
    let text: DecodedText
    do { text = try DecodedText(bytes) } catch {
      report(error.line, error.violation)
      return result
    }
    result.encoding = text.encoding

    var parser = CSVParser(text.bytes, limits: limits)
    var columns: [BoundColumn<Row>] = []
    var firstLines: [String: Int] = [:]
    var hasHeader = false
    do throws(CSVError) {
      while let row = try parser.next() {
        if row.isBlank { continue }
        guard hasHeader else {
          hasHeader = true
          columns = bind(row, problems: &result.problems)
          guard result.problems.isEmpty else { return result }
          for column in columns { result.heads[column.mapping.field] = column.head.shown }
          continue
        }
        result.rowCount += 1
        guard result.rowCount <= limits.rowsMax else {
          report(row.line, .tooManyRows(limits.rowsMax))
          return result
        }
        guard let value = self.row(row, columns, problems: &result.problems) else { continue }
        let key = self.key(value)
        if let first = firstLines.updateValue(row.line, forKey: key) {
          report(row.line, .repeatedKey(key, firstLine: first))
        }
        result.rows.append((row.line, value))
      }
    } catch {
      let head = columns.indices.contains(error.cell) ? columns[error.cell].head.shown : ""
      report(error.line, error.violation(limits), column: head)
    }
    if !hasHeader && result.problems.isEmpty { report(0, .emptyFile) }
    return result
  }

  /// One row's value; nil when a cell was bad. Every bad cell of the row is reported.
  private func row(_ row: CSVRow, _ columns: [BoundColumn<Row>], problems: inout ImportProblems) -> Row? {
    let countBefore = problems.count
    guard row.cells.count == columns.count else {
      problems.append(
        ImportProblem(file: file, line: row.line, violation: .cellCount(row.cells.count, expected: columns.count)))
      return nil
    }
    var value = empty()
    for (column, cell) in zip(columns, row.cells) {
      let text = cell.trimmed
      do throws(RuleViolation) {
        if !text.isEmpty {
          try column.mapping.write(&value, text, column.powerOfTen)
        } else if column.mapping.isRequired {
          throw .emptyCell
        }
      } catch {
        problems.append(ImportProblem(file: file, line: row.line, column: column.head.shown, violation: error))
      }
    }
    guard problems.count == countBefore else { return nil }
    if let violation = check(value) {
      problems.append(ImportProblem(file: file, line: row.line, violation: violation))
      return nil
    }
    return value
  }
}

extension RuleViolation {
  fileprivate static func fileTooLong(_ bytesMax: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_BYTES", message: "文件超过 \(bytesMax >> 20) MiB,请拆成几个文件分别导入",
      englishMessage: "the file has more than \(bytesMax >> 20) MiB; split it")
  }

  fileprivate static func tooManyRows(_ rowsMax: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_ROWS", message: "超过 \(rowsMax) 行，请拆成几个文件分别导入",
      englishMessage: "the file has more than \(rowsMax) rows; split it")
  }

  fileprivate static let emptyFile = RuleViolation(
    rule: "FILE_EMPTY", message: "文件里没有内容，第一行应是表头",
    englishMessage: "the file is empty; its first row must be the header")

  fileprivate static let emptyCell = RuleViolation(
    rule: "CELL_EMPTY", message: "这一格必须填写", englishMessage: "this cell must be filled")

  fileprivate static func cellCount(_ count: Int, expected: Int) -> RuleViolation {
    RuleViolation(
      rule: "ROW_CELLS", message: "这一行有 \(count) 格，表头有 \(expected) 格：可能多了或漏了逗号，或格内的逗号没有用引号括起来",
      englishMessage: "this row has \(count) cells and the header \(expected); look for a stray or missing comma")
  }

  fileprivate static func repeatedKey(_ key: String, firstLine: Int) -> RuleViolation {
    RuleViolation(
      rule: "ROW_REPEATED", message: "与第 \(firstLine) 行重复（\(key)），只能留一行",
      englishMessage: "repeats line \(firstLine) (\(key))")
  }
}
