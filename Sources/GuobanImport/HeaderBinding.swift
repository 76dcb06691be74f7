internal import GuobanModel

/// A column of a file, tied to what it means.
struct BoundColumn<Row: Sendable> {
  var mapping: ColumnMapping<Row>
  var head: ColumnHead
  var powerOfTen: Int
}

/// What an import wrote beside the rows of a clerk's file; it is not read.
public enum ReasonColumn {
  /// The head that is written.
  public static let head = "错误原因"
  /// The same in English.
  public static let englishHead = "error reason"

  static func isOne(_ cell: String) -> Bool { [head, englishHead].contains(cell.trimmed) }
}

extension RecordTable {
  /// Ties the header's cells to columns; nil for one that is not read. Every fault of the header is reported, not only
  /// the first.
  func bind(_ header: SourceRow, file: String, problems: inout ImportProblems) -> [BoundColumn<Row>?] {
    var bound: [BoundColumn<Row>?] = []
    if let separator = header.foreignSeparator {
      problems.append(ImportProblem(file: file, line: header.line, violation: .foreignSeparator(separator)))
      return []
    }
    for cell in header.cells {
      if ReasonColumn.isOne(cell) {
        bound.append(nil)
        continue
      }
      do throws(RuleViolation) {
        let column = try bind(ColumnHead(cell))
        if let twin = bound.lazy.compactMap(\.self).first(where: { $0.mapping.field == column.mapping.field }) {
          throw RuleViolation.repeatedHead(twin.head.shown, column.head.shown)
        }
        bound.append(column)
      } catch {
        problems.append(
          ImportProblem(file: file, line: header.line, column: cell.trimmed, violation: error))
      }
    }
    for column in columns where column.isRequired && !bound.contains(where: { $0?.mapping.field == column.field }) {
      // A head that is there but has a wrong unit was reported above.
      let isReported = header.cells.contains { column.heads.contains(ColumnHead($0).name) }
      guard !isReported else { continue }
      problems.append(
        ImportProblem(file: file, line: header.line, violation: .missingHead(column.recommendedHead)))
    }
    return bound
  }

  func bind(_ head: ColumnHead) throws(RuleViolation) -> BoundColumn<Row> {
    let known = columns.first { $0.heads.contains(head.name) || $0.field == head.name.lowercased() }
    guard let mapping = known ?? openColumn(head) else {
      throw .unknownHead(head.shown, nearest: nearestHead(to: head))
    }
    let isFieldName = mapping.field == head.name.lowercased()
    return BoundColumn(
      mapping: mapping, head: head, powerOfTen: try mapping.units.powerOfTen(of: head, isFieldName: isFieldName))
  }

  private func nearestHead(to head: ColumnHead) -> String? {
    let candidates = columns.flatMap { column in (column.heads + [column.field]).map { ($0, column) } }
    let scored = candidates.map { name, column in (NameLikeness.share(head.name, name), name, column) }
    guard let best = scored.max(by: { $0.0 < $1.0 }), best.0 > .zero else { return nil }
    return best.1 == best.2.field ? best.1 : best.1 + best.2.recommendedHead.dropFirst(best.2.heads[0].count)
  }
}

extension SourceRow {
  /// What stands between the heads of a header that has no comma: a spreadsheet's other choices.
  fileprivate var foreignSeparator: String? {
    guard cells.count == 1, let only = cells.first else { return nil }
    return ["\t", ";", "；", "，", "、"].first { only.contains($0) }
  }
}

extension RuleViolation {
  fileprivate static func foreignSeparator(_ separator: String) -> RuleViolation {
    let shown = separator == "\t" ? "制表符" : "“\(separator)”"
    return RuleViolation(
      rule: "FILE_SEPARATOR", message: "各列之间用的是\(shown)，应为英文逗号，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
      englishMessage: "the columns are not separated by commas; save the file as comma separated CSV")
  }

  fileprivate static func unknownHead(_ head: String, nearest: String?) -> RuleViolation {
    RuleViolation(
      rule: "HEAD_UNKNOWN",
      message: head.isEmpty
        ? "表头有一格是空的，请补上列名或删去这一列"
        : "表头“\(head.prefix(40))”不认识" + (nearest.map { "，是不是“\($0)”？" } ?? "，请改用样例中的列名"),
      englishMessage: "head \"\(head.prefix(40))\" is unknown" + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  fileprivate static func missingHead(_ head: String) -> RuleViolation {
    RuleViolation(
      rule: "HEAD_MISSING", message: "缺少必需的列“\(head)”", englishMessage: "the required column \(head) is missing")
  }

  fileprivate static func repeatedHead(_ first: String, _ second: String) -> RuleViolation {
    RuleViolation(
      rule: "HEAD_REPEATED", message: "“\(second)”与“\(first)”是同一项，只能留一列",
      englishMessage: "\(second) and \(first) fill the same field; keep one")
  }
}
