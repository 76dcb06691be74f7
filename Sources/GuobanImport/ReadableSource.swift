internal import GuobanMessages
internal import GuobanModel

/// A file as the readings take it: on disk, or in memory.
struct ReadableSource: Sendable {
  var name: String
  var format: FileFormat
  /// Empty for bytes in memory.
  var path = ""
  var bytes: [UInt8] = []

  init(name: String, format: FileFormat, bytes: [UInt8]) {
    self.name = name
    self.format = format
    self.bytes = bytes
  }

  init(_ source: ImportSource) {
    name = source.name
    format = source.format
    path = source.path
  }

  func open() throws(RuleViolation) -> any ByteSource {
    path.isEmpty ? ArrayBytes(bytes) : try FileBytes(path: path)
  }

  func rows(_ limits: ImportLimits) throws(SourceFault) -> any RowSource {
    if format == .xlsx { return try SheetSource(path: path, limits: limits) }
    return try CSVSource(limits, open)
  }

  func reading<Row>(
    _ table: RecordTable<Row>, _ limits: ImportLimits,
    record: @escaping @Sendable (Row, Int, [String: String]) -> ImportedRecord
  ) -> TableReading<Row> {
    TableReading(table, limits: limits, source: { () throws(SourceFault) in try rows(limits) }, record: record)
  }

  func lines(
    _ typeName: String, _ limits: ImportLimits, key: @escaping @Sendable ([UInt8]) -> String?
  ) -> LineReading {
    LineReading(typeName: typeName, limits: limits, key: key, open)
  }
}
