public import GuobanModel

/// A file that was read: its records as packed messages, and where each of them came from.
public struct ImportedFile: Sendable {
  /// "Region": what the daemon calls the type.
  public var recordType: String
  /// "regions.csv".
  public var file: String
  public var encoding: TextEncoding
  /// Rows under the header, good and bad.
  public var rowCount: Int
  public var records: [ImportedRecord]
  /// What must be put right before the file can be sent. Empty = it may be.
  public var problems: ImportProblems
  /// The heads by the field that they fill.
  var heads: [String: String]

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
    return ImportProblem(file: file, line: record.line, column: heads[name] ?? path.field, violation: violation)
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
