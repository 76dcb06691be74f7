public import GuobanModel

/// A file that was read, or a part of one: its records as packed messages, and where each of them came from.
public struct ImportedFile: Sendable {
  /// "Region": what the daemon calls the type.
  public var recordType: String
  public var records: [ImportedRecord]
  /// What reading has said so far.
  public var log: ReadingLog

  public var file: String { log.file }
  public var encoding: TextEncoding { log.encoding }
  public var rowCount: Int { log.rowCount }
  public var problems: ImportProblems { log.problems }

  /// Where in the file the daemon's objection to a field lies.
  /// - Parameter field: a path in the request, `records[17].region`.
  public func problem(field: String, violation: RuleViolation) -> ImportProblem {
    guard let path = FieldPath(field), records.indices.contains(path.record) else {
      return ImportProblem(file: file, line: 0, column: field, violation: violation)
    }
    let record = records[path.record]
    if let origin = record.plans.first(where: { path.field.hasPrefix($0.path) }) {
      return ImportProblem(file: origin.file, line: origin.line, column: origin.head, violation: violation)
    }
    let name = path.field.hasSuffix("_e6") ? String(path.field.dropLast("_e6".count)) : path.field
    // `tags[2]` stands in the column of `tags`.
    let column = log.heads[name] ?? log.heads[String(name.prefix { $0 != "[" })] ?? path.field
    return ImportProblem(file: file, line: record.line, column: column, violation: violation)
  }
}

/// One record, ready to be sent.
public struct ImportedRecord: Sendable {
  /// The packed message.
  public var bytes: [UInt8]
  /// Where its row starts.
  public var line: Int
  /// Where its yearly plans came from: other columns, or another file.
  var plans: [PlanOrigin] = []
}

/// Where one element of `Project.plans` was read.
struct PlanOrigin: Sendable {
  /// `plans[1]`
  var path: String
  var file: String
  var line: Int
  var head: String
}

/// `records[17].plans[0].plan_fen` taken apart; the word before the brackets does not matter.
private struct FieldPath {
  var record: Int
  var field: String

  init?(_ path: String) {
    guard let open = path.firstIndex(of: "["), let close = path.firstIndex(of: "]"), open < close,
      let record = Int(path[path.index(after: open)..<close])
    else { return nil }
    self.record = record
    field = String(path[path.index(after: close)...].drop { $0 == "." })
  }
}
