internal import GuobanModel
internal import ReporterKit

/// Figures observed for the month and for the same month of last year.
struct Observations {
  struct Key: Hashable {
    let indicator: String
    let region: String
    let period: String
  }

  private(set) var values: [Key: DecimalE6] = [:]

  init(_ frame: DataFrame) throws {
    for row in 0..<frame.rowCount {
      let key = Key(
        indicator: try frame.text("indicator", row), region: try frame.text("region", row),
        period: try frame.text("period", row))
      values[key] = DecimalE6(millionths: try frame.integer("sum(value_e6)", row))
    }
  }

  func value(_ indicator: String, _ region: String, _ month: CivilMonth) -> DecimalE6? {
    values[Key(indicator: indicator, region: region, period: month.text)]
  }
}
