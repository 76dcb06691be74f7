internal import CSheet
internal import GuobanModel

/// What a cell's stored text means.
enum SheetValue {
  /// The cell as text, and what is wrong with it.
  static func text(_ text: String, _ kind: guoban_sheet_kind, is1904: Bool) -> (String, SheetCellFault?) {
    switch kind {
    case GUOBAN_SHEET_NUMBER: number(text)
    case GUOBAN_SHEET_DATE, GUOBAN_SHEET_MONTH, GUOBAN_SHEET_DATE_TIME: date(text, kind, is1904: is1904)
    case GUOBAN_SHEET_BOOLEAN: (text == "1" ? "是" : "否", nil)
    case GUOBAN_SHEET_ERROR: (text, .error(text))
    case GUOBAN_SHEET_UNCALCULATED: ("", .uncalculated)
    default: (unescaped(text), nil)
    }
  }

  /// Digits that a spreadsheet keeps.
  static let digitsMax = 15

  /// The decimal that a spreadsheet shows, without an exponent: the shortest that is the same double, or that double in
  /// ``digitsMax`` digits. `=0.1+0.2` is 0.30000000000000004 in the file, and 0.3 to who made it.
  static func number(_ text: String) -> (String, SheetCellFault?) {
    guard let value = Double(text), value.isFinite else { return (text, nil) }
    let exact = decimal("\(value)")
    guard wholeDigits(exact) <= digitsMax else { return (exact, .digitsLost(exact)) }
    let shown = exact.contains(".") ? rounded(exact) : exact
    return (shown, wholeDigits(shown) > digitsMax ? .digitsLost(shown) : nil)
  }

  private static func wholeDigits(_ decimal: String) -> Int {
    decimal.utf8.drop { $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: ".") }.count
  }

  /// A decimal in ``digitsMax`` significant digits, half rounded up; at most so many stand before the point.
  private static func rounded(_ text: String) -> String {
    var digits = Array(text.utf8)
    let zero = UInt8(ascii: "0")
    let point = UInt8(ascii: ".")
    guard let first = digits.firstIndex(where: { $0 > zero && $0 <= zero + 9 }) else { return text }
    var end = first + digitsMax
    if let place = digits.firstIndex(of: point), place > first, place <= end { end += 1 }
    guard end < digits.count else { return text }
    let carries = digits[end] >= zero + 5
    digits.removeSubrange(end...)
    if carries { increment(&digits) }
    while digits.last == zero { digits.removeLast() }
    if digits.last == point { digits.removeLast() }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Adds one to the last digit of a decimal.
  private static func increment(_ digits: inout [UInt8]) {
    for index in digits.indices.reversed() where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) {
      guard digits[index] == UInt8(ascii: "9") else {
        digits[index] += 1
        return
      }
      digits[index] = UInt8(ascii: "0")
    }
    digits.insert(UInt8(ascii: "1"), at: digits.first == UInt8(ascii: "-") ? 1 : 0)
  }

  /// `1.5e-05` as `0.000015`; what is no such number stays as it is.
  static func decimal(_ text: String) -> String {
    let parts = text.lowercased().split(separator: "e", maxSplits: 1)
    guard parts.count == 2, let exponent = Int(parts[1]), abs(exponent) < 400 else {
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let isNegative = parts[0].hasPrefix("-")
    let mantissa = parts[0].drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    var digits = String(mantissa[0]) + fraction
    var point = mantissa[0].count + exponent
    while point > digits.count { digits += "0" }
    while point <= 0 {
      digits = "0" + digits
      point += 1
    }
    let whole = digits.prefix(point)
    let rest = digits.dropFirst(point)
    return (isNegative ? "-" : "") + whole + (rest.isEmpty ? "" : "." + rest)
  }

  private static func date(_ text: String, _ kind: guoban_sheet_kind, is1904: Bool) -> (String, SheetCellFault?) {
    guard let serial = Double(text), serial >= 0, serial < 2_958_466, let day = day(Int(serial), is1904: is1904) else {
      let shown = number(text).0
      return (shown, .notADate(shown))
    }
    let date = day.description
    guard kind != GUOBAN_SHEET_MONTH else { return (String(date.prefix(7)), nil) }
    let seconds = Int(((serial - serial.rounded(.down)) * 86_400).rounded())
    // Midnight is a time of day where the format shows one.
    guard seconds > 0 || kind == GUOBAN_SHEET_DATE_TIME, seconds < 86_400 else { return (date, nil) }
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return ("\(date) \(parts.joined(separator: ":"))", nil)
  }

  /// The day of a serial number. The calendar from 1900 has a 29 February that never was (60); from there it counts right.
  private static func day(_ serial: Int, is1904: Bool) -> CivilDate? {
    if is1904 { return try? CivilDate(year: 1904, month: 1, day: 1).addingDays(serial) }
    guard serial != 0, serial != 60 else { return nil }
    return try? CivilDate(year: 1899, month: 12, day: serial > 60 ? 30 : 31).addingDays(serial)
  }

  /// The serial number of a day, where the calendar from 1900 is right.
  static func serial(_ date: CivilDate) -> Int? {
    guard let epoch = try? CivilDate(year: 1899, month: 12, day: 30) else { return nil }
    let days = CivilDate.daysBetween(epoch, date)
    return days > 60 ? days : nil
  }

  /// `_x000D_` is how XML that has no such character writes a carriage return.
  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "_")), text.contains("_x") else { return text }
    var shown = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "_x") {
      let digits = rest[start.upperBound...].prefix(4)
      let close = rest[start.upperBound...].dropFirst(4).first
      guard digits.count == 4, close == "_", digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(value), value != 0
      else {
        shown += rest[..<start.upperBound]
        rest = rest[start.upperBound...]
        continue
      }
      shown += rest[..<start.lowerBound]
      shown.unicodeScalars.append(scalar)
      rest = rest[start.upperBound...].dropFirst(5)
    }
    return shown + rest
  }

  /// The other way round: text that looks like an escape, and characters that XML lacks.
  static func escaped(_ text: String) -> String {
    let needs = text.unicodeScalars.contains {
      $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value >= 0xFFFE && $0.value <= 0xFFFF
    }
    guard needs || text.contains("_x") else { return text }
    var shown = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let looksLikeAnEscape =
        scalar == "_" && scalars.count > index + 6 && scalars[index + 1] == "x" && scalars[index + 6] == "_"
      let isNoXML = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
      guard looksLikeAnEscape || isNoXML else {
        shown.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      shown.append(contentsOf: ("_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_").unicodeScalars)
    }
    return String(shown)
  }
}
