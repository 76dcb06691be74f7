public import GuobanMessages
internal import GuobanModel
internal import GuobanSheet

/// One type of record that comes in from files and goes out into them.
public struct ImportTable: Sendable {
  /// "Region".
  public let recordType: String
  /// What a file is called without its extension: "regions".
  public let stem: String
  /// What clerks call the records: "区划".
  public let title: String
  /// Files that are read into the same records: "project_plans".
  public let companions: [String]
  /// The stems of files whose records this file's records refer to, directly.
  public let refersTo: [String]

  let makeReading: @Sendable (_ source: ReadableSource, _ companion: ReadableSource?, ImportLimits) -> any RecordReading
  let recognise: @Sendable (_ header: SourceRow) -> Bool
  let makeExport: @Sendable (_ openHeads: [String]) -> TableExport
  /// An empty file of these records.
  public let template: Template
  let openHeads: (@Sendable (_ packed: [UInt8]) throws -> [String])?

  /// The CSV's name: "regions.csv".
  public var file: String { stem + ".csv" }

  /// Every type, in the order in which records refer to each other: regions first.
  public static let all: [ImportTable] = [
    .init(.regions), .divisions("provinces"), .divisions("cities"), .divisions("areas"),
    .init(.enterprises, refersTo: ["regions"]), .projects,
    .init(.projectProgress, refersTo: ["projects"]), .init(.batchEntries, refersTo: ["projects"]),
    .init(.indicators), .init(.targets, refersTo: ["indicators", "regions"]),
    .init(.observations, refersTo: ["indicators", "regions"]), .init(.holidays), .holidayYear,
    .init(.tickets, refersTo: ["regions", "enterprises", "projects"]),
    .init(.officers, refersTo: ["regions"]), .init(.programmes, refersTo: ["regions", "indicators"]),
    .init(.assignments, refersTo: ["officers", "regions", "enterprises", "projects"]),
    .init(.activities, refersTo: ["regions", "enterprises", "projects", "officers", "programmes"]),
    .init(.registers),
    .init(.passes, refersTo: ["regions", "enterprises"]), .init(.passTrips, refersTo: ["passes", "regions"]),
  ]

  /// Passes to be issued: no record, but a sheet like the others.
  public static let passRequests = ImportTable(.passRequests, refersTo: ["regions", "enterprises"])

  /// One for each record type: what is exported, and has a template.
  public static let records = all.filter { !$0.isForeign }

  /// The entries of a register, as its definition has them.
  public static func entries(of register: Ledger.Register) -> ImportTable { .init(.entries(of: register)) }

  /// The table of a record type by its name, its file's or the clerks': `Enterprise`, `enterprises`, `企业`.
  public static func named(_ name: String) -> ImportTable? {
    let wanted = name.lowercased()
    return records.first { table in
      [table.recordType.lowercased(), table.stem, table.title].contains(wanted) || table.recordType.uppercased() == name
        || table.stem.dropLast() == wanted || snakeCase(table.recordType) == wanted
    }
  }

  /// The names of all CSV files that an import looks for.
  public static var files: [String] {
    records.flatMap { [$0.file] + $0.companions.map { $0 + ".csv" } }
  }

  /// Only for files of others' making.
  var isForeign = false

  /// Opens a file for reading.
  ///
  /// - Parameter companion: the file of ``companions``, where there is one.
  public func open(_ source: ImportSource, companion: ImportSource? = nil, limits: ImportLimits) -> RecordStream {
    stream(ReadableSource(source), companion.map(ReadableSource.init), limits: limits)
  }

  /// Reads files that are in memory.
  /// - Parameter contents: by the CSVs' names; without the main file there is nothing to read.
  public func read(_ contents: [String: [UInt8]], limits: ImportLimits) -> ImportedFile {
    let main = ReadableSource(name: file, format: .csv, bytes: contents[file] ?? [])
    let companion = companions.first.flatMap { stem in
      contents[stem + ".csv"].map { ReadableSource(name: stem + ".csv", format: .csv, bytes: $0) }
    }
    var stream = stream(main, companion, limits: limits)
    return stream.all()
  }

  private func stream(_ source: ReadableSource, _ companion: ReadableSource?, limits: ImportLimits) -> RecordStream {
    RecordStream(
      recordType: recordType, log: ReadingLog(file: source.name, limits: limits),
      makeReading(source, companion, limits))
  }

  private init<Record: Message>(_ table: RecordTable<Record>, refersTo: [String] = []) {
    self.init(
      table: table, companions: [], refersTo: refersTo,
      makeReading: { source, _, limits in
        source.reading(table, limits) { row, line, _ in ImportedRecord(bytes: row.packed(), line: line) }
      })
  }

  private init<Record: Message>(
    table: RecordTable<Record>, companions: [String], refersTo: [String],
    makeReading: @escaping @Sendable (ReadableSource, ReadableSource?, ImportLimits) -> any RecordReading
  ) {
    recordType = String(Record.fullName.split(separator: ".").last ?? "")
    stem = table.stem
    title = table.title
    self.companions = companions
    self.refersTo = refersTo
    self.makeReading = { source, companion, limits in
      guard source.format == .jsonl else { return makeReading(source, companion, limits) }
      return source.lines(Record.fullName, limits) { bytes in
        (try? Record(packed: bytes, limits: .standard)).map(table.key)
      }
    }
    recognise = { header in
      var problems = ImportProblems(keptMax: 1)
      _ = table.bind(header, file: "", problems: &problems)
      return problems.isEmpty
    }
    makeExport = { TableExport(table, openHeads: $0) }
    template = Template(table)
    if let heads = table.openHeads {
      openHeads = { packed in heads(try Record(packed: packed, limits: .standard)) }
    } else {
      openHeads = nil
    }
  }

  private static let projects = ImportTable(
    table: RecordTable<Ledger.Project>.projects, companions: ["project_plans"], refersTo: ["regions", "enterprises"],
    makeReading: { readProjects($0, $1, $2) })

  @Sendable private static func readProjects(
    _ source: ReadableSource, _ companion: ReadableSource?, _ limits: ImportLimits
  ) -> any RecordReading {
    let own = source.reading(RecordTable<Ledger.Project>.projects, limits) { row, line, _ in
      ImportedRecord(bytes: row.packed(), line: line)
    }
    guard let companion else { return ProjectReading(own, plans: nil) }
    let plans = companion.reading(RecordTable<ProjectPlanRow>.projectPlans, limits) { _, line, _ in
      ImportedRecord(bytes: [], line: line)
    }
    return ProjectReading(own, plans: (reading: plans, file: companion.name))
  }

  /// Files of the statisticians' making, which become regions.
  private static func divisions(_ stem: String) -> ImportTable {
    ImportTable(foreign: .regions, stem: stem, title: "统计用区划代码") { source, limits in
      DivisionReading(limits: limits) { () throws(SourceFault) in try source.rows(limits) }
    } recognise: { header in
      DivisionReading.isOne(header.cells)
    }
  }

  /// Files of one year's holidays.
  private static let holidayYear = ImportTable(foreign: .holidays, stem: "holiday-year", title: "节假日") { source, _ in
    HolidayReading(source.open)
  } recognise: { _ in
    false
  }

  private init<Record: Message>(
    foreign table: RecordTable<Record>, stem: String, title: String,
    reading: @escaping @Sendable (ReadableSource, ImportLimits) -> any RecordReading,
    recognise: @escaping @Sendable (SourceRow) -> Bool
  ) {
    recordType = String(Record.fullName.split(separator: ".").last ?? "")
    self.stem = stem
    self.title = title
    companions = []
    refersTo = []
    makeReading = { source, _, limits in reading(source, limits) }
    self.recognise = recognise
    makeExport = { TableExport(table, openHeads: $0) }
    template = Template(table)
    openHeads = nil
    isForeign = true
  }
}
