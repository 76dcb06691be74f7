public import GuobanMessages

extension Reporting.ColumnSpec {
  /// A column of texts.
  public static func text(_ id: String, _ title: String) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .text)
  }

  /// A column of whole numbers.
  public static func integer(_ id: String, _ title: String, unit: String) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .integer, unit: unit)
  }

  /// Amounts in 分, integers or exact fractions, printed in 亿元.
  public static func yiYuan(_ id: String, _ title: String, decimals: Int32 = 2) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(
      id: id, title: title, kind: .ratio, unit: "亿元", decimals: decimals, divisor: 10_000_000_000)
  }

  /// Exact shares, printed × 100 with the unit %.
  public static func percent(
    _ id: String, _ title: String, decimals: Int32 = 2, signed: Bool = false
  ) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .ratio, unit: "%", decimals: decimals, signed: signed)
  }

  /// Exact differences of shares, printed × 100 with a sign, in 个百分点.
  public static func percentagePoints(_ id: String, _ title: String, decimals: Int32 = 2) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .ratio, unit: "个百分点", decimals: decimals, signed: true)
  }

  /// Exact numbers in a unit of their own.
  public static func number(
    _ id: String, _ title: String, unit: String, decimals: Int32, signed: Bool = false, divisor: Int64 = 0
  ) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(
      id: id, title: title, kind: .ratio, unit: unit, decimals: decimals, signed: signed, divisor: divisor)
  }

  /// Traffic lights.
  public static func light(_ id: String, _ title: String) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .light)
  }

  /// 过半, 未过半, 达标, 未达标, 无目标, 缺数据.
  public static func outcome(_ id: String, _ title: String) -> Reporting.ColumnSpec {
    Reporting.ColumnSpec(id: id, title: title, kind: .outcome)
  }
}
