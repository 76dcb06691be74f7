internal import GuobanModel

/// The numbers that the daemon gives: "410421-2021-000157", by region and year of registration.
struct TicketNumber {
  static let sequenceMax: Int64 = 999_999
  private static let sequenceDigits = 6

  /// "410421-2021"
  let series: String
  let sequence: Int64

  init(series: String, sequence: Int64) {
    self.series = series
    self.sequence = sequence
  }

  /// Nil for a number from elsewhere.
  init?(_ number: String) {
    guard let dash = number.lastIndex(of: "-") else { return nil }
    let digits = number[number.index(after: dash)...]
    guard digits.utf8.count == Self.sequenceDigits, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
      let sequence = Int64(digits)
    else { return nil }
    self.init(series: String(number[..<dash]), sequence: sequence)
  }

  /// Whose series it is, "410421"; nil for a series of another kind.
  var region: String? {
    guard let dash = series.lastIndex(of: "-") else { return nil }
    let year = series[series.index(after: dash)...]
    guard year.utf8.count == 4, year.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return String(series[..<dash])
  }

  var text: String { series + "-" + zeroPadded(sequence, Self.sequenceDigits) }
}
