internal import GuobanMessages

/// One type of record that can be brought in from files.
public struct ImportTable: Sendable {
  /// "Region".
  public var recordType: String
  /// "regions.csv".
  public var file: String
  /// Files that are read into the same records: "project_plans.csv".
  public var companions: [String]
  /// The files whose records this file's records refer to, directly: "regions.csv".
  public var refersTo: [String]
  private let reader: @Sendable (_ contents: [String: [UInt8]], _ limits: ImportLimits) -> ImportedFile

  /// Reads the file and its companions.
  /// - Parameter contents: by file name; without the main file there is nothing to read.
  public func read(_ contents: [String: [UInt8]], limits: ImportLimits) -> ImportedFile {
    reader(contents, limits)
  }

  /// Every type, in the order in which records refer to each other: regions first.
  public static let all: [ImportTable] = [
    .init(.regions), .init(.enterprises, refersTo: ["regions.csv"]), .projects,
    .init(.projectProgress, refersTo: ["projects.csv"]), .init(.batchEntries, refersTo: ["projects.csv"]),
    .init(.indicators), .init(.targets, refersTo: ["indicators.csv", "regions.csv"]),
    .init(.observations, refersTo: ["indicators.csv", "regions.csv"]),
  ]

  /// The names of all files that an import looks for.
  public static var files: [String] { all.flatMap { [$0.file] + $0.companions } }

  private init<Record: Message>(_ table: RecordTable<Record>, refersTo: [String] = []) {
    recordType = String(Record.fullName.split(separator: ".").last ?? "")
    file = table.file
    companions = []
    self.refersTo = refersTo
    reader = { contents, limits in
      let read = table.read(contents[table.file] ?? [], limits: limits)
      return ImportedFile(read) { ImportedRecord(bytes: $1.packed(), line: $0) }
    }
  }

  private static let projects = ImportTable(
    recordType: "Project", file: RecordTable.projects.file, companions: [RecordTable.projectPlans.file],
    refersTo: ["regions.csv", "enterprises.csv"]
  ) { contents, limits in
    let projects = RecordTable.projects.read(contents[RecordTable.projects.file] ?? [], limits: limits)
    guard let plans = contents[RecordTable.projectPlans.file] else { return projects.merged(with: nil) }
    return projects.merged(with: RecordTable.projectPlans.read(plans, limits: limits))
  }

  private init(
    recordType: String, file: String, companions: [String], refersTo: [String],
    reader: @escaping @Sendable ([String: [UInt8]], ImportLimits) -> ImportedFile
  ) {
    self.recordType = recordType
    self.file = file
    self.companions = companions
    self.refersTo = refersTo
    self.reader = reader
  }
}

extension ImportedFile {
  init<Row>(recordType: String, _ read: ReadRows<Row>, record: (_ line: Int, _ row: Row) -> ImportedRecord) {
    self.init(
      recordType: recordType, file: read.file, encoding: read.encoding, rowCount: read.rowCount,
      records: read.problems.isEmpty ? read.rows.map { record($0.line, $0.row) } : [], problems: read.problems,
      heads: read.heads)
  }

  fileprivate init<Record: Message>(_ read: ReadRows<Record>, record: (Int, Record) -> ImportedRecord) {
    self.init(recordType: String(Record.fullName.split(separator: ".").last ?? ""), read, record: record)
  }
}
