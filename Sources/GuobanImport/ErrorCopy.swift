internal import GuobanModel
internal import GuobanSheet

/// A copy of a clerk's file with a column that says what is wrong with each row. All else stays as it was, so that the
/// mended copy can be brought in itself.
public struct ErrorCopy {
  private let source: ImportSource
  private let log: ReadingLog
  private let limits: ImportLimits
  private let head: String
  private var reasons: [Int: String] = [:]
  /// What is wrong with the file as a whole; stands beside its first row.
  private var fileReason: String?

  /// - Parameters:
  ///   - log: of the reading that found the problems, its header above all.
  ///   - problems: those of other files are left out.
  ///   - inEnglish: the reasons; in Chinese otherwise.
  public init(
    _ source: ImportSource, log: ReadingLog, problems: ImportProblems, limits: ImportLimits, inEnglish: Bool
  ) {
    self.source = source
    self.log = log
    self.limits = limits
    head = inEnglish ? ReasonColumn.englishHead : ReasonColumn.head
    for problem in problems.kept where problem.file == source.name {
      let isOfColumn = !problem.column.isEmpty && problem.line != log.headerLine
      let column = isOfColumn ? "“\(problem.column)”" + (inEnglish ? ": " : "：") : ""
      let reason = column + (inEnglish ? problem.violation.englishMessage : problem.violation.message)
      let and = inEnglish ? "; " : "；"
      if problem.line == 0 {
        fileReason = (fileReason.map { $0 + and } ?? "") + reason
      } else {
        reasons[problem.line] = (reasons[problem.line].map { $0 + and } ?? "") + reason
      }
    }
  }

  /// The reasons as the rows come, one after another.
  private struct Reasons {
    private let byLine: [Int: String]
    private let headerLine: Int
    private var ofFile: String?

    init(_ copy: ErrorCopy) {
      byLine = copy.reasons
      headerLine = copy.log.headerLine
      ofFile = copy.fileReason
    }

    /// What is wrong with a row. What is wrong with the file stands beside the first under the header.
    mutating func take(_ line: Int) -> String? {
      guard line > headerLine, let ofFile else { return byLine[line] }
      self.ofFile = nil
      return ([ofFile] + [byLine[line]].compactMap(\.self)).joined(separator: "；")
    }
  }

  /// Whether such a copy can be made: a file that nobody can read as rows has none.
  public var isPossible: Bool { source.format != .json && log.reasonColumn > 0 || source.format == .jsonl }

  /// Writes the copy in the original's format.
  /// - Parameter write: takes bytes in order; not called for a workbook, which is written to `path`.
  public func write(to path: String, _ write: (_ bytes: [UInt8]) throws -> Void) throws {
    switch source.format {
    case .xlsx:
      let header = log.headerLine
      let head = head
      var reasons = Reasons(self)
      try SheetAnnotation.copy(from: source.path, to: path, column: log.reasonColumn, limits: limits.sheet) { row in
        row == header ? head : reasons.take(row)
      }
    case .jsonl: try writeLines(write)
    case .csv, .json: try writeRows(write)
    }
  }

  private func writeRows(_ write: ([UInt8]) throws -> Void) throws {
    let text = try TextSource(bytesMax: limits.fileBytesMax) { () throws(RuleViolation) in
      try FileBytes(path: source.path)
    }
    let converter = text.encoding == .gb18030 ? GB18030() : nil
    let hasMark = text.hasMark
    var parser = CSVParser(text, limits: limits)
    var reasons = Reasons(self)
    if hasMark { try write(CSVText.byteOrderMark) }
    while let row = try parser.next() {
      let reason = row.line == log.headerLine ? head : reasons.take(row.line) ?? ""
      var line: [UInt8]
      if row.cells.count > log.reasonColumn {
        // There is a reason already, of the import before.
        var cells = row.cells
        cells[log.reasonColumn] = reason
        line = Array(cells.map(CSVText.quoted).joined(separator: ",").utf8)
      } else if row.isBlank {
        line = Array(parser.rowText)
      } else {
        line = Array(parser.rowText) + Array(("," + CSVText.quoted(reason)).utf8)
      }
      line += [0x0D, 0x0A]
      try write(converter?.encode(line) ?? line)
    }
  }

  private func writeLines(_ write: ([UInt8]) throws -> Void) throws {
    var text = try TextSource(bytesMax: limits.fileBytesMax) { () throws(RuleViolation) in
      try FileBytes(path: source.path)
    }
    var reasons = Reasons(self)
    var buffer: [UInt8] = []
    var number = 0
    while true {
      let piece = try text.next()
      buffer += piece
      var start = 0
      while let end = buffer[start...].firstIndex(of: 0x0A) {
        number += 1
        try write(Self.annotated(String(decoding: buffer[start..<end], as: UTF8.self), reasons.take(number)))
        start = end + 1
      }
      buffer.removeFirst(start)
      if piece.isEmpty {
        if !buffer.isEmpty {
          try write(Self.annotated(String(decoding: buffer, as: UTF8.self), reasons.take(number + 1)))
        }
        return
      }
    }
  }

  /// The line with a last field `_reason`; of a line that is no object the reason stands above.
  private static func annotated(_ line: String, _ reason: String?) -> [UInt8] {
    let plain = LineReading.withoutReason(line.trimmed)
    guard let reason else { return Array((plain + "\n").utf8) }
    let field = "\"\(LineReading.reasonField)\": \(RecordJSON.quoted(reason))"
    guard plain.hasPrefix("{"), plain.hasSuffix("}"), plain.count > 1 else {
      return Array("{\(field)}\n\(line)\n".utf8)
    }
    let body = String(plain.dropFirst().dropLast()).trimmed
    return Array(("{" + body + (body.isEmpty ? "" : ", ") + field + "}\n").utf8)
  }
}
