internal import GuobanMessages

@testable internal import GuobanImport

extension FuzzTarget {
  /// The CSV reader and the tables over it: one byte chooses the table, the rest is the file.
  ///
  /// A file with problems gives no records; one without gives no more than it has rows. Cells, written again as CSV,
  /// read as the same cells.
  static let csv = FuzzTarget(name: "csv", inputBytesMax: 4096) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    let name = ImportTable.files[Int(cursor.byte()) % ImportTable.files.count]
    let file = cursor.remaining()
    let limits = ImportLimits(fileBytesMax: 4000, rowCellsMax: 40, cellBytesMax: 256, rowsMax: 50, problemsMax: 5)
    for table in ImportTable.all where table.file == name || table.companions.contains(where: { $0 + ".csv" == name }) {
      try checkTable(table.read([name: file], limits: limits), limits)
    }
    if let text = try? DecodedText(file) { try checkCells(text.bytes, limits) }
  } seeds: {
    var seeds: [String: [UInt8]] = [:]
    for (index, name) in ImportTable.files.enumerated() {
      guard let file = SeedFile.sample(name) else { continue }
      let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(5)
      seeds[name] = [UInt8(index)] + Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
    seeds["quotes"] = [0] + Array("\"a\"\"b\",\"c\r\nd\"\r\n,\n\"x".utf8)
    // 行政区划代码,名称 in GB18030.
    seeds["gb18030"] = [
      0, 0xD0, 0xD0, 0xD5, 0xFE, 0xC7, 0xF8, 0xBB, 0xAE, 0xB4, 0xFA, 0xC2, 0xEB, 0x2C, 0xC3, 0xFB, 0xB3, 0xC6, 0x0A,
    ]
    return seeds
  }

  private static func checkTable(_ read: ImportedFile, _ limits: ImportLimits) throws(BrokenRule) {
    try require(read.problems.isEmpty || read.records.isEmpty, "records from a file with problems")
    try require(read.records.count <= limits.rowsMax, "\(read.records.count) records, over rowsMax")
    try require(read.rowCount <= limits.rowsMax + 1, "\(read.rowCount) rows read, over rowsMax")
  }

  private static let quote = UInt8(ascii: "\"")

  private static func checkCells(_ bytes: [UInt8], _ limits: ImportLimits) throws(BrokenRule) {
    var parser = CSVParser(bytes, limits: limits)
    var lineBefore = 0
    while let row = try? parser.next() {
      try require(row.line > lineBefore, "line \(row.line) follows line \(lineBefore)")
      lineBefore = row.line
      try require(row.cells.count <= limits.rowCellsMax, "\(row.cells.count) cells, over rowCellsMax")
      try require(row.cells.allSatisfy { $0.utf8.count <= limits.cellBytesMax }, "a cell over cellBytesMax")
      let quoted = row.cells.map { cell in
        [quote] + cell.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
      }
      var again = CSVParser(Array(quoted.joined(separator: [UInt8(ascii: ",")])), limits: limits)
      try require((try? again.next())?.cells == row.cells, "cells read otherwise when they are quoted")
    }
  }
}
