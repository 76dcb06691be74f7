internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// A JSON text on one line. JSON's strings hold no line breaks of their own, so those between values can go.
func oneLine(_ json: String) -> String {
  json.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
}

/// A time as clocks in China show it: `2023-06-30 09:00:00`.
func localTime(_ time: Google.Timestamp?) -> String? {
  guard let time, let shown = try? CivilDateTime(epochSeconds: time.seconds, in: .shanghai) else { return nil }
  return shown.text.replacing("T", with: " ")
}

/// A number of bytes for a person: `1.2 MiB`.
func byteText(_ bytes: UInt64) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
}
