internal import Foundation

/// A span of time for a person: `3 天 4 小时`, `4 小时 5 分`, `12 秒`.
func spanText(seconds: UInt64) -> String {
  let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60)
  if days > 0 { return say("\(days) 天 \(hours) 小时", "\(days) d \(hours) h") }
  if hours > 0 { return say("\(hours) 小时 \(minutes) 分", "\(hours) h \(minutes) min") }
  if minutes > 0 { return say("\(minutes) 分 \(seconds % 60) 秒", "\(minutes) min \(seconds % 60) s") }
  return say("\(seconds) 秒", "\(seconds) s")
}

/// A short span for a table, three digits or so: `8.2 µs`, `120 ms`, `1.50 s`.
func shortSpanText(nanoseconds: Double) -> String {
  let units: [(Double, String)] = [(1e3, "µs"), (1e6, "ms"), (1e9, "s")]
  let unit = units.last { nanoseconds >= $0.0 * 0.9995 } ?? units[0]
  let value = nanoseconds / unit.0
  return String(format: value < 9.995 ? "%.2f %@" : value < 99.95 ? "%.1f %@" : "%.0f %@", value, unit.1)
}

/// A rate for a table: `0.20`, `15.3`, `120`, `45.2k`.
func rateText(_ perSecond: Double) -> String {
  switch perSecond {
  case ..<9.995: String(format: "%.2f", perSecond)
  case ..<99.95: String(format: "%.1f", perSecond)
  case ..<9999.5: String(format: "%.0f", perSecond)
  default: String(format: "%.1fk", perSecond / 1000)
  }
}

/// A share: `93.5%`; a dash of nothing.
func shareText(_ part: UInt64, of whole: UInt64) -> String {
  whole == 0 ? "-" : String(format: "%.1f%%", Double(part) / Double(whole) * 100)
}
