internal import Foundation
internal import GuobanImport
internal import GuobanSheet

/// Where exported records go, one after another.
protocol RecordSink {
  mutating func write(_ packed: [UInt8]) throws
  /// Puts the file together.
  mutating func close() throws
}

/// One JSON record a line.
struct LineSink: RecordSink {
  let table: ImportTable
  var file: BufferedFile

  mutating func write(_ packed: [UInt8]) throws { try file.write(Array((table.jsonLine(packed) + "\n").utf8)) }

  mutating func close() throws { try file.close() }
}

/// Rows of text.
struct CSVSink: RecordSink {
  private let export: TableExport
  private var file: BufferedFile

  init(_ export: TableExport, file: BufferedFile) throws {
    self.export = export
    self.file = file
    try self.file.write(CSVText.byteOrderMark + Array(CSVText.line(export.heads.map { .text($0) }).utf8))
  }

  mutating func write(_ packed: [UInt8]) throws { try file.write(Array(CSVText.line(export.cells(packed)).utf8)) }

  mutating func close() throws { try file.close() }
}

/// Rows of a workbook.
struct WorkbookSink: RecordSink {
  private static let widthRange = 10...40
  private let export: TableExport
  private let writer: SheetWriter

  init(_ export: TableExport, title: String, path: String) throws(SheetError) {
    self.export = export
    writer = try SheetWriter(
      path: path, sheetName: title, temporaryFolder: FileManager.default.temporaryDirectory.path)
    writer.setWidths(
      export.heads.map { Double(min(Self.widthRange.upperBound, max(Self.widthRange.lowerBound, $0.count * 2 + 4))) })
    writer.freezeHead()
    try writer.write(
      export.heads.map { .text($0) }, styles: export.required.map { $0 ? .requiredHead : .head })
  }

  mutating func write(_ packed: [UInt8]) throws { try writer.write(export.cells(packed)) }

  mutating func close() throws { try writer.close() }
}
