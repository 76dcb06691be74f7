public import GuobanMessages
public import GuobanModel

extension Reporting.Cell {
  /// A text.
  public static func text(_ text: String) -> Reporting.Cell { Reporting.Cell(value: .text(text)) }

  /// A whole number.
  public static func integer(_ value: Int64) -> Reporting.Cell { Reporting.Cell(value: .integer(value)) }

  /// An exact number.
  public static func ratio(_ value: Fraction) -> Reporting.Cell {
    Reporting.Cell(value: .ratio(Reporting.Ratio(numerator: value.numerator, denominator: value.denominator)))
  }

  /// An exact number, or the reason why there is none.
  public static func ratio(_ value: Fraction?, missing reason: String) -> Reporting.Cell {
    value.map(ratio) ?? missing(reason)
  }

  /// An amount in 分.
  public static func amount(_ fen: Int64) -> Reporting.Cell { ratio(Fraction(fen)) }

  /// A traffic light, or the reason why there is none.
  public static func light(_ light: Light?, missing reason: String) -> Reporting.Cell {
    light.map { text($0.rawValue) } ?? missing(reason)
  }

  /// No value, and why.
  public static func missing(_ reason: String) -> Reporting.Cell { Reporting.Cell(value: .missing(reason)) }
}
