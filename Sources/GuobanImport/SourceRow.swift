internal import GuobanModel

/// One row as it stands in the file.
struct SourceRow: Equatable {
  /// Where the row starts, from 1: a line of text, or a spreadsheet's row number.
  var line: Int
  var cells: [String]
  /// Cells whose value cannot be taken at all.
  var faults: [Int: RuleViolation] = [:]

  var isBlank: Bool { faults.isEmpty && cells.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
}

/// Why a file cannot be read further.
struct SourceFault: Error {
  var line: Int
  /// From 0; nil when no one cell is meant.
  var cell: Int?
  var violation: RuleViolation
}

/// A file as rows.
protocol RowSource {
  var encoding: TextEncoding { get }
  /// Whether a row may have fewer cells than the header, its last ones being empty.
  var isRagged: Bool { get }
  mutating func next() throws(SourceFault) -> SourceRow?
  /// After the last row: what is wrong with rows that were given already.
  func afterthoughts(headerLine: Int) -> [SourceFault]
}

/// A CSV file.
struct CSVSource: RowSource {
  private var parser: CSVParser
  private let limits: ImportLimits
  let encoding: TextEncoding

  init(_ limits: ImportLimits, _ open: () throws(RuleViolation) -> any ByteSource) throws(SourceFault) {
    do throws(DecodedText.Failure) {
      let text = try TextSource(bytesMax: limits.fileBytesMax, open)
      encoding = text.encoding
      parser = CSVParser(text, limits: limits)
    } catch {
      throw SourceFault(line: error.line, violation: error.violation)
    }
    self.limits = limits
  }

  var isRagged: Bool { false }

  mutating func next() throws(SourceFault) -> SourceRow? {
    do throws(CSVError) {
      guard var row = try parser.next() else { return nil }
      for index in row.cells.indices { row.cells[index] = FormulaGuard.removed(from: row.cells[index]) }
      return row
    } catch {
      throw SourceFault(line: error.line, cell: error.cell, violation: error.violation(limits))
    }
  }

  func afterthoughts(headerLine: Int) -> [SourceFault] { [] }
}

/// A text that a spreadsheet would take for a formula goes out with an apostrophe before it, which comes off again here.
public enum FormulaGuard {
  private static let signs = "=+-@\t\r＝＋－＠".unicodeScalars

  /// A field of a CSV file, safe to be opened.
  public static func added(to text: String) -> String { needsOne(text) ? "'" + text : text }

  static func removed(from text: String) -> String {
    text.utf8.first == UInt8(ascii: "'") && needsOne(text) ? String(text.dropFirst()) : text
  }

  // By scalar: a combining mark after the sign makes another character of it, but not for a spreadsheet.
  private static func needsOne(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first(where: { $0 != "'" }) else { return false }
    return signs.contains(first)
  }
}
