public import GuobanMessages
internal import GuobanModel

/// Prints single values as a report's readers expect them. The one place where exact figures lose digits.
public struct CellPrint: Sendable {
  private let rounding: RoundingMode

  /// What stands where there is no value; the notes say why.
  public static let missing = "—"

  /// Prints with the report's own rounding.
  public init(_ result: Reporting.Result) {
    rounding =
      switch result.rounding {
      case .halfEven: .halfEven
      case .truncate: .truncate
      default: .halfUp
      }
  }

  /// The value as printed, without its unit: "45.46", "+17.97", "过半", "—".
  public func text(_ cell: Reporting.Cell, in column: Reporting.ColumnSpec) -> String {
    switch cell.value {
    case .text(let text)?:
      switch column.kind {
      case .light: Self.lights[text] ?? oneLine(text)
      case .outcome: Self.outcomes[text] ?? oneLine(text)
      default: oneLine(text)
      }
    case .integer(let value)?: number(Fraction(value), column)
    case .ratio(let ratio)?:
      (try? Fraction(ratio.numerator, over: ratio.denominator)).map { number($0, column) } ?? Self.missing
    case .missing?, nil: Self.missing
    }
  }

  /// A column's head: "年度计划(亿元)".
  public func head(_ column: Reporting.ColumnSpec) -> String {
    oneLine(column.unit.isEmpty ? column.title : "\(column.title)(\(column.unit))")
  }

  /// Text of a reporter as it may go to a terminal or a file: on one line, without control characters.
  public func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: Self.isUnprintable) else { return text }
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { clean.append(Self.isUnprintable(scalar) ? " " : scalar) }
    return String(clean)
  }

  private func number(_ value: Fraction, _ column: Reporting.ColumnSpec) -> String {
    let style = DecimalStyle(decimals: Int(column.decimals), rounding: rounding, showsPlus: column.signed)
    if column.unit == "%" || column.unit == "个百分点" { return value.percentText(style) }
    return value.text(style, dividedBy: max(column.divisor, 1))
  }

  /// Control characters drive terminals; direction marks make a text read as another one.
  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .format: scalar != "\u{200D}"
    default: false
    }
  }

  static let lights = ["GREEN": "绿", "YELLOW": "黄", "RED": "红"]
  static let outcomes = [
    "PASSED": "过半", "NOT_PASSED": "未过半", "MET": "达标", "NOT_MET": "未达标", "NO_TARGET": "无目标", "NO_DATA": "缺数据",
  ]
}

extension Reporting.ColumnSpec {
  /// Numbers line up on the right.
  var isNumeric: Bool { kind == .integer || kind == .ratio }
}

extension Reporting.NoteKind {
  /// As printed before a note.
  var title: String {
    switch self {
    case .missing: "缺数据"
    case .warning: "注意"
    default: "说明"
    }
  }
}
