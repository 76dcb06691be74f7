internal import GuobanMessages
public import GuobanSheet

/// Records as rows: the heads, and each record's cells.
public struct TableExport: Sendable {
  public let heads: [String]
  public let required: [Bool]
  private let make: @Sendable ([UInt8]) throws -> [SheetCell]

  init<Record: Message>(_ table: RecordTable<Record>, openHeads: [String]) {
    let all = table.columns.map(\.recommendedHead) + openHeads
    // A head that an export writes is one that an import reads: they go through the same binding.
    let columns = all.compactMap { try? table.bind(ColumnHead($0)) }
    heads = columns.map(\.head.shown)
    required = columns.map(\.mapping.isRequired)
    make = { bytes in
      let record = try Record(packed: bytes, limits: .standard)
      return columns.map { $0.mapping.cell(record, powerOfTen: $0.powerOfTen) }
    }
  }

  /// The cells of a packed record, in the order of the heads.
  public func cells(_ packed: [UInt8]) throws -> [SheetCell] { try make(packed) }
}

extension ImportTable {
  /// Whether the heads can be told only after seeing every record.
  public var hasOpenHeads: Bool { openHeads != nil }

  /// Heads beyond the listed ones that this record needs.
  public func openHeads(of packed: [UInt8]) throws -> [String] { try openHeads?(packed) ?? [] }

  /// Records as rows.
  public func export(openHeads: [String] = []) -> TableExport { makeExport(openHeads) }

  /// One line of JSON, without what the daemon alone writes.
  public func jsonLine(_ packed: [UInt8]) -> String {
    RecordJSON.text(Self.withoutMeta(packed), as: "guoban.v1.\(recordType)")
  }

  /// The record without its field 1, `meta`, which every record has there and canonical bytes begin with.
  public static func withoutMeta(_ packed: [UInt8]) -> [UInt8] {
    guard packed.first == 0x0A else { return packed }
    var length = 0
    var place = 1
    while place < packed.count, place < 6 {
      length |= Int(packed[place] & 0x7F) << (7 * (place - 1))
      place += 1
      if packed[place - 1] < 0x80 { return Array(packed.dropFirst(place + length)) }
    }
    return packed
  }
}

/// Rows as CSV for spreadsheets: UTF-8 with its mark, CRLF, quotes where they are needed.
public enum CSVText {
  public static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  public static func line(_ cells: [SheetCell]) -> String {
    cells.map { cell in
      switch cell {
      case .empty: ""
      case .text(let text): quoted(FormulaGuard.added(to: text))
      case .number(let text), .date(let text): text
      }
    }.joined(separator: ",") + "\r\n"
  }

  static func quoted(_ text: String) -> String {
    // By byte: CR LF is one character, and neither of its two.
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}
