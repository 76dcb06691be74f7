/// One row as it stands in the file.
struct CSVRow: Equatable {
  /// Where the row starts, from 1.
  var line: Int
  var cells: [String]

  var isBlank: Bool { cells.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
}

/// What is wrong with the text as CSV, and where.
struct CSVError: Error, Equatable {
  enum Reason: Equatable {
    case quoteInsideCell
    case textAfterQuote
    case quoteNotClosed
    case cellTooLong
    case tooManyCells
  }
  var reason: Reason
  var line: Int
  /// From 0.
  var cell: Int
}

/// A strict RFC 4180 reader of UTF-8 bytes, a row at a time. Rows end with CRLF, LF or CR; quoted cells may hold them.
///
/// It stops at the first error: after a misplaced quote nobody can tell where the next cell starts.
struct CSVParser {
  private let bytes: [UInt8]
  private let limits: ImportLimits
  private var position = 0
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")

  /// - Parameter bytes: valid UTF-8.
  init(_ bytes: [UInt8], limits: ImportLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The next row, or nil at the end of the file.
  mutating func next() throws(CSVError) -> CSVRow? {
    guard position < bytes.count else { return nil }
    var row = CSVRow(line: line, cells: [])
    while true {
      guard row.cells.count < limits.rowCellsMax else { throw error(.tooManyCells, row) }
      row.cells.append(try peek == Self.quote ? quotedCell(row) : plainCell(row))
      guard peek == Self.comma else { break }
      position += 1
    }
    skipLineEnd()
    return row
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func plainCell(_ row: CSVRow) throws(CSVError) -> String {
    let start = position
    while let byte = peek, byte != Self.comma, byte != Self.carriageReturn, byte != Self.lineFeed {
      guard byte != Self.quote else { throw error(.quoteInsideCell, row) }
      position += 1
    }
    guard position - start <= limits.cellBytesMax else { throw error(.cellTooLong, row) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedCell(_ row: CSVRow) throws(CSVError) -> String {
    let opening = error(.quoteNotClosed, row)
    var cell: [UInt8] = []
    position += 1
    while true {
      guard let byte = peek else { throw opening }
      if byte == Self.quote {
        position += 1
        guard peek == Self.quote else { break }
      } else if byte == Self.lineFeed || byte == Self.carriageReturn && !nextIsLineFeed {
        line += 1
      }
      cell.append(byte)
      position += 1
      guard cell.count <= limits.cellBytesMax else { throw error(.cellTooLong, row) }
    }
    switch peek {
    case nil, Self.comma, Self.carriageReturn, Self.lineFeed: return String(decoding: cell, as: UTF8.self)
    default: throw error(.textAfterQuote, row)
    }
  }

  private var nextIsLineFeed: Bool { position + 1 < bytes.count && bytes[position + 1] == Self.lineFeed }

  private mutating func skipLineEnd() {
    guard peek != nil else { return }
    position += peek == Self.carriageReturn && nextIsLineFeed ? 2 : 1
    line += 1
  }

  private func error(_ reason: CSVError.Reason, _ row: CSVRow) -> CSVError {
    CSVError(reason: reason, line: line, cell: row.cells.count)
  }
}
