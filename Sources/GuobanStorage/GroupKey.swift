internal import GuobanModel

/// What groups are made by: a column ("project.region"), or a part of what it holds ("project.region@city",
/// "milestones_started@month").
public struct GroupKey: Sendable, Equatable {
  /// The column, or the references to follow and then a column.
  public var path: String
  /// What stands after the `@`; nil for the whole value.
  public var part: String?

  /// Reads a key; whether there is such a column and such a part is the catalog's to say.
  public init(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    part = parts.count == 2 ? String(parts[1]) : nil
  }

  /// A part of a civil date "2023-06-30" or a month "2023-06".
  public enum DatePart: String, Sendable, CaseIterable {
    case year, quarter, month
  }
}

/// A year, or a month of it: where columns are taken that a record has once a year.
public struct YearPeriod: Sendable, Hashable, CustomStringConvertible {
  public var year: Int
  /// 1…12; nil for the whole year.
  public var month: Int?

  /// A whole year.
  public init(year: Int) {
    self.year = year
  }

  /// "2023" or "2023-06"; nil for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    guard bytes.count == 4 || (bytes.count == 7 && bytes[4] == 45 && bytes[5...].allSatisfy(isDigit)),
      bytes[..<4].allSatisfy(isDigit), let year = Int(text.prefix(4))
    else { return nil }
    self.year = year
    if bytes.count == 7 {
      guard let month = Int(text.suffix(2)), (1...12).contains(month) else { return nil }
      self.month = month
    }
  }

  public var description: String {
    month.map { "\(zeroPadded(year, 4))-\(zeroPadded($0, 2))" } ?? zeroPadded(year, 4)
  }

  /// "2023-06", or "2023-12" for a whole year: no month of the period comes after it.
  public var lastMonth: String { "\(zeroPadded(year, 4))-\(zeroPadded(month ?? 12, 2))" }
}
