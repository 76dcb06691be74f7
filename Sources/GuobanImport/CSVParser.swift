internal import GuobanModel

/// What is wrong with the text as CSV, and where.
struct CSVError: Error, Equatable {
  enum Reason: Equatable {
    case quoteInsideCell
    case textAfterQuote
    case quoteNotClosed
    case cellTooLong
    case tooManyCells
    case unreadable(RuleViolation)
  }
  var reason: Reason
  var line: Int
  /// From 0.
  var cell: Int
}

/// A strict RFC 4180 reader of UTF-8 bytes, a row at a time. Rows end with CRLF, LF or CR; quoted cells may hold them.
///
/// Of the file only the row at hand and a piece more are in memory. It stops at the first error: after a misplaced quote
/// nobody can tell where the next cell starts.
struct CSVParser {
  private var source: TextSource?
  private var bytes: [UInt8]
  private let limits: ImportLimits
  private var position = 0
  private var line = 1

  private static let compactedBytes = 1 << 15
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let lineFeed = UInt8(ascii: "\n")

  /// - Parameter bytes: valid UTF-8.
  init(_ bytes: [UInt8], limits: ImportLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  init(_ source: TextSource, limits: ImportLimits) {
    self.source = source
    bytes = []
    self.limits = limits
  }

  /// The bytes of the row that came last, without its line end.
  private(set) var rowBytes: Range<Int> = 0..<0
  /// They themselves, until the next call.
  var rowText: ArraySlice<UInt8> { bytes[rowBytes] }

  /// The next row, or nil at the end of the file.
  mutating func next() throws(CSVError) -> SourceRow? {
    // Not for every row: moving the rest costs as much as reading it.
    if source != nil, position >= Self.compactedBytes {
      bytes.removeFirst(position)
      position = 0
    }
    guard try peek() != nil else { return nil }
    let start = position
    var row = SourceRow(line: line, cells: [])
    var rowEnd = 0
    defer { rowBytes = start..<max(start, rowEnd) }
    while true {
      guard row.cells.count < limits.rowCellsMax else { throw error(.tooManyCells, row) }
      row.cells.append(try peek() == Self.quote ? quotedCell(row) : plainCell(row))
      guard try peek() == Self.comma else { break }
      position += 1
    }
    rowEnd = position
    try skipLineEnd()
    return row
  }

  /// The byte at this place ahead; nil at the end of the file.
  private mutating func peek(_ ahead: Int = 0) throws(CSVError) -> UInt8? {
    while position + ahead >= bytes.count {
      guard source != nil else { return nil }
      do throws(DecodedText.Failure) {
        let piece = try source?.next() ?? []
        if piece.isEmpty { source = nil }
        bytes += piece
      } catch {
        throw CSVError(reason: .unreadable(error.violation), line: line, cell: 0)
      }
    }
    return bytes[position + ahead]
  }

  private mutating func plainCell(_ row: SourceRow) throws(CSVError) -> String {
    let start = position
    while let byte = try peek(), byte != Self.comma, byte != Self.carriageReturn, byte != Self.lineFeed {
      guard byte != Self.quote else { throw error(.quoteInsideCell, row) }
      position += 1
      guard position - start <= limits.cellBytesMax else { throw error(.cellTooLong, row) }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedCell(_ row: SourceRow) throws(CSVError) -> String {
    let opening = error(.quoteNotClosed, row)
    var cell: [UInt8] = []
    position += 1
    while true {
      guard let byte = try peek() else { throw opening }
      if byte == Self.quote {
        position += 1
        guard try peek() == Self.quote else { break }
      } else if byte == Self.lineFeed {
        line += 1
      } else if byte == Self.carriageReturn, try peek(1) != Self.lineFeed {
        line += 1
      }
      cell.append(byte)
      position += 1
      guard cell.count <= limits.cellBytesMax else { throw error(.cellTooLong, row) }
    }
    switch try peek() {
    case nil, Self.comma, Self.carriageReturn, Self.lineFeed: return String(decoding: cell, as: UTF8.self)
    default: throw error(.textAfterQuote, row)
    }
  }

  private mutating func skipLineEnd() throws(CSVError) {
    guard let byte = try peek() else { return }
    position += 1
    if byte == Self.carriageReturn, try peek() == Self.lineFeed { position += 1 }
    line += 1
  }

  private func error(_ reason: CSVError.Reason, _ row: SourceRow) -> CSVError {
    CSVError(reason: reason, line: line, cell: row.cells.count)
  }
}
