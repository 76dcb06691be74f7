internal import GuobanModel

/// How a column's integers are shown: in which unit, with which decimals. Pure.
struct FigureScale {
  /// For the head of the column; empty where the head says it, or there is none.
  let word: String
  /// What is stored is the figure times ten to this.
  private let powerOfTen: Int

  /// - Parameter unit: as the daemon says it: "fen", "e6", "permille" or nothing.
  init(unit: String, money: MoneyUnit) {
    switch unit {
    case "fen": (word, powerOfTen) = (money.rawValue, money.powerOfTen)
    case "e6": (word, powerOfTen) = ("", 6)
    case "permille": (word, powerOfTen) = ("‰", 0)
    default: (word, powerOfTen) = ("", 0)
    }
  }

  /// "年度计划（万元）"
  func head(_ title: String) -> String {
    word.isEmpty ? title : say("\(title)（\(word)）", "\(title) (\(word))")
  }

  /// With as many decimals as the column needs to be exact, so that the points stand below each other.
  func texts(_ values: [Int64?]) -> [String?] {
    let decimals = values.compactMap { $0.map(exactDecimals) }.max() ?? 0
    return values.map { $0.map { text($0, decimals: decimals) } }
  }

  private func exactDecimals(_ value: Int64) -> Int {
    var (decimals, rest) = (powerOfTen, value)
    while decimals > 0, rest.isMultiple(of: 10) {
      rest /= 10
      decimals -= 1
    }
    return decimals
  }

  private func text(_ value: Int64, decimals: Int) -> String {
    var digits = String(value.magnitude)
    digits = String(repeating: "0", count: max(powerOfTen + 1 - digits.count, 0)) + digits
    let whole = digits.dropLast(powerOfTen)
    let fraction = digits.suffix(powerOfTen).prefix(decimals)
    return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
