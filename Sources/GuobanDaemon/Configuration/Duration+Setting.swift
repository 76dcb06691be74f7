/// Durations as people write them: "500ms", "30s", "10m", "12h", "7d".
extension Duration {
  // "ms" stands before "s" and "m", which it would otherwise be taken for.
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Whole milliseconds; what is finer is cut off.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }

  /// The shortest exact text, to the millisecond.
  var settingText: String {
    let total = milliseconds
    for unit in Self.units.reversed() where total != 0 && total % unit.milliseconds == 0 {
      return "\(total / unit.milliseconds)\(unit.name)"
    }
    return "0s"
  }

  /// Reads a duration; nil when it is none, has no unit, or does not fit.
  init?(settingText text: String) {
    guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }),
      let count = Int64(text.dropLast(unit.name.count))
    else { return nil }
    let (total, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow else { return nil }
    self = .milliseconds(total)
  }
}
