internal import GuobanModel

/// Reads a file's records one after another.
protocol RecordReading {
  /// The next record that nothing is wrong with; nil at the end of the file. Problems go to the log.
  mutating func next(_ log: inout ReadingLog) -> ImportedRecord?
}

/// What is said about a file while it is read.
public struct ReadingLog: Sendable {
  /// The file's name.
  public var file: String
  public var encoding = TextEncoding.utf8
  /// What must be put right before the file can be sent. Empty = it may be.
  public var problems: ImportProblems
  /// Rows under the header, good and bad.
  public var rowCount = 0
  /// What was left out on purpose, and why.
  public var notes: [String] = []
  /// The line of the header; 0 for a file without one.
  public internal(set) var headerLine = 0
  /// Where the reasons stand, or would stand: a column from 0.
  public internal(set) var reasonColumn = 0
  /// Fields that the file says something of, as an update mask; empty: all, each record is whole.
  public internal(set) var mask: [String] = []
  /// The heads by the field that they fill.
  var heads: [String: String] = [:]

  init(file: String, limits: ImportLimits) {
    self.file = file
    problems = ImportProblems(keptMax: limits.problemsMax)
  }

  mutating func report(_ line: Int, _ violation: RuleViolation, column: String = "") {
    problems.append(ImportProblem(file: file, line: line, column: column, violation: violation))
  }
}

/// A file on its way in, a record at a time, in bounded memory.
public struct RecordStream {
  /// "Region": what the daemon calls the type.
  public let recordType: String
  public private(set) var log: ReadingLog
  private var reading: any RecordReading

  init(recordType: String, log: ReadingLog, _ reading: any RecordReading) {
    self.recordType = recordType
    self.log = log
    self.reading = reading
  }

  /// The next record that nothing is wrong with; nil at the end.
  public mutating func next() -> ImportedRecord? { reading.next(&log) }

  /// The next records, as many as fit into one request.
  public mutating func part(recordsMax: Int, bytesMax: Int) -> ImportedFile {
    var records: [ImportedRecord] = []
    var bytes = 0
    while records.count < recordsMax, bytes < bytesMax, let record = next() {
      bytes += record.bytes.count
      records.append(record)
    }
    return ImportedFile(recordType: recordType, records: records, log: log)
  }

  /// All there are; none when there is a problem.
  public mutating func all() -> ImportedFile {
    var whole = part(recordsMax: .max, bytesMax: .max)
    if !log.problems.isEmpty { whole.records = [] }
    return whole
  }
}

/// The keys of a file's rows with the line of each, as hashes: of a key only 12 bytes stay in memory. Two keys of the same
/// hash would be taken for one; of a million rows that happens to one file in thirty million.
struct KeyLedger {
  private var lines: [Int: Int32] = [:]

  /// The line of the row that had this key before.
  mutating func line(of key: String, now line: Int) -> Int? {
    var hasher = Hasher()
    hasher.combine(key)
    return lines.updateValue(Int32(clamping: line), forKey: hasher.finalize()).map(Int.init)
  }
}
