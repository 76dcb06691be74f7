internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// When something began, as typed: a day `2026-06-30` or a time `2026-06-30 08:00` in Asia/Shanghai, or days ago, `7d`.
func pastTime(_ text: String, option: String) throws(Failure) -> Google.Timestamp {
  if text.last == "d" || text.last == "天", let days = Int64(text.dropLast()), (0...36_500).contains(days) {
    return Google.Timestamp(seconds: Int64(Date().timeIntervalSince1970) - days * 86_400)
  }
  let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
  let clock = parts.count == 2 ? parts[1] : "00:00"
  let formatter = ISO8601DateFormatter()
  if (1...2).contains(parts.count), let day = try? CivilDate(parts[0]),
    let time = formatter.date(from: "\(day)T\(clock)\(clock.utf8.count == 5 ? ":00" : "")+08:00")
  {
    return Google.Timestamp(seconds: Int64(time.timeIntervalSince1970))
  }
  throw .input(
    say(
      "\(option) “\(text)”看不懂：写日期（2026-06-30）、时刻（2026-06-30 08:00）或几天前（7d）。",
      "\(option): \(text) must be a date (2026-06-30), a time (2026-06-30 08:00), or days ago (7d)."))
}
