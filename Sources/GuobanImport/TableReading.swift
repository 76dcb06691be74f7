internal import GuobanModel

/// A table's rows as records: header, cells, rules.
struct TableReading<Row: Sendable>: RecordReading {
  let table: RecordTable<Row>
  let limits: ImportLimits
  /// The row as a record.
  let record: @Sendable (_ row: Row, _ line: Int, _ heads: [String: String]) -> ImportedRecord
  private var source: (any RowSource)?
  private var fault: SourceFault?
  private var columns: [BoundColumn<Row>?]?
  private var keys = KeyLedger()
  private var titleRows = 0

  init(
    _ table: RecordTable<Row>, limits: ImportLimits, source: () throws(SourceFault) -> any RowSource,
    record: @escaping @Sendable (Row, Int, [String: String]) -> ImportedRecord
  ) {
    self.table = table
    self.limits = limits
    self.record = record
    do throws(SourceFault) {
      self.source = try source()
      fault = nil
    } catch {
      fault = error
    }
  }

  mutating func next(_ log: inout ReadingLog) -> ImportedRecord? {
    guard let (line, row) = nextRow(&log) else { return nil }
    return record(row, line, log.heads)
  }

  mutating func nextRow(_ log: inout ReadingLog) -> (line: Int, row: Row)? {
    // Taken out while it is worked with: two copies of a source would share, and so copy, its buffer.
    guard var source else {
      if let fault { log.report(fault.line, fault.violation) }
      fault = nil
      return nil
    }
    self.source = nil
    let problemsBefore = log.problems.count
    log.encoding = source.encoding
    do throws(SourceFault) {
      while let row = try source.next() {
        if row.isBlank { continue }
        guard let columns else {
          if isTitle(row, isRagged: source.isRagged) { continue }
          guard readHeader(row, &log) else { return nil }
          continue
        }
        log.rowCount += 1
        guard log.rowCount <= limits.rowsMax else {
          log.report(row.line, .tooManyRows(limits.rowsMax))
          return nil
        }
        if let value = value(row, columns, isRagged: source.isRagged, &log) {
          self.source = source
          return (row.line, value)
        }
      }
      for late in source.afterthoughts(headerLine: log.headerLine) { log.report(late.line, late.violation) }
    } catch {
      let head = error.cell.flatMap { cell in columns.flatMap { $0.indices.contains(cell) ? $0[cell] : nil } }
      log.report(error.line, error.violation, column: head?.head.shown ?? "")
    }
    if columns == nil && log.problems.count == problemsBefore { log.report(0, .emptyFile) }
    return nil
  }

  /// A sheet's title stands above the header, in one cell that spans the columns.
  private mutating func isTitle(_ row: SourceRow, isRagged: Bool) -> Bool {
    let filled = row.cells.filter { !$0.trimmed.isEmpty }
    guard filled.count == 1, row.cells.count > 1 || isRagged, titleRows < limits.titleRowsMax,
      let only = filled.first, (try? table.bind(ColumnHead(only))) == nil
    else { return false }
    titleRows += 1
    return true
  }

  private mutating func readHeader(_ row: SourceRow, _ log: inout ReadingLog) -> Bool {
    let countBefore = log.problems.count
    let bound = table.bind(row, file: log.file, problems: &log.problems)
    guard log.problems.count == countBefore else { return false }
    columns = bound
    log.headerLine = row.line
    log.reasonColumn = bound.firstIndex { $0 == nil } ?? bound.count
    // What the file leaves out can be wrong too: by being left out.
    for column in table.columns { log.heads[column.field] = column.recommendedHead }
    for column in bound.compactMap(\.self) {
      log.heads[column.mapping.field] = column.head.shown
      let path = column.mapping.mask ?? column.mapping.field
      if !log.mask.contains(path) { log.mask.append(path) }
    }
    return true
  }

  /// One row's value; nil when a cell was bad. Every bad cell of the row is reported.
  private mutating func value(
    _ row: SourceRow, _ columns: [BoundColumn<Row>?], isRagged: Bool, _ log: inout ReadingLog
  ) -> Row? {
    let countBefore = log.problems.count
    var cells = row.cells
    if isRagged {
      // A note in a column without a head would be lost.
      if let stray = cells.indices.dropFirst(columns.count).first(where: { !cells[$0].trimmed.isEmpty }) {
        log.report(row.line, .strayCell(cells[stray]))
        return nil
      }
      cells = Array(cells.prefix(columns.count))
      while cells.count < columns.count { cells.append("") }
    }
    guard cells.count == columns.count else {
      log.report(row.line, .cellCount(cells.count, expected: columns.count))
      return nil
    }
    var value = table.empty()
    for (index, column) in columns.enumerated() {
      guard let column else { continue }
      let text = cells[index].trimmed
      do throws(RuleViolation) {
        if let fault = row.faults[index] { throw fault }
        if !text.isEmpty {
          try column.mapping.put(&value, text, column.powerOfTen)
        } else if column.mapping.isRequired {
          throw .emptyCell
        }
      } catch {
        log.report(row.line, error, column: column.head.shown)
      }
    }
    guard log.problems.count == countBefore else { return nil }
    if let violation = table.check(value) {
      log.report(row.line, violation)
      return nil
    }
    let key = table.key(value)
    if let first = keys.line(of: key, now: row.line) {
      log.report(row.line, .repeatedKey(key, firstLine: first))
    }
    return value
  }
}

extension RuleViolation {
  static func tooManyRows(_ rowsMax: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_ROWS", message: "超过 \(rowsMax) 行，请拆成几个文件分别导入",
      englishMessage: "the file has more than \(rowsMax) rows; split it")
  }

  static let emptyFile = RuleViolation(
    rule: "FILE_EMPTY", message: "文件里没有内容，第一行应是表头",
    englishMessage: "the file is empty; its first row must be the header")

  fileprivate static let emptyCell = RuleViolation(
    rule: "CELL_EMPTY", message: "这一格必须填写", englishMessage: "this cell must be filled")

  fileprivate static func strayCell(_ cell: String) -> RuleViolation {
    RuleViolation(
      rule: "ROW_CELLS", message: "没有表头的列里有内容“\(cell.prefix(20))”，请补上表头或删去",
      englishMessage: "\"\(cell.prefix(20))\" stands in a column without a head")
  }

  fileprivate static func cellCount(_ count: Int, expected: Int) -> RuleViolation {
    RuleViolation(
      rule: "ROW_CELLS", message: "这一行有 \(count) 格，表头有 \(expected) 格：可能多了或漏了逗号，或格内的逗号没有用引号括起来",
      englishMessage: "this row has \(count) cells and the header \(expected); look for a stray or missing comma")
  }

  static func repeatedKey(_ key: String, firstLine: Int) -> RuleViolation {
    RuleViolation(
      rule: "ROW_REPEATED", message: "与第 \(firstLine) 行重复（\(key)），只能留一行",
      englishMessage: "repeats line \(firstLine) (\(key))")
  }
}
