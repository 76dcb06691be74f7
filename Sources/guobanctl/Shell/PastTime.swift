internal import Foundation
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel

/// When something began, as typed: a day `2026-06-30` or a time `2026-06-30 08:00` in Asia/Shanghai, or days ago, `7d`.
func pastTime(_ text: String, option: String) throws(Failure) -> Google.Timestamp {
  if text.last == "d" || text.last == "天", let days = Int64(text.dropLast()), (0...36_500).contains(days) {
    return Google.Timestamp(seconds: Int64(Date().timeIntervalSince1970) - days * 86_400)
  }
  if let day = try? CivilDate(text), let begin = try? CivilDateTime(day) {
    return Google.Timestamp(seconds: begin.epochSeconds(in: .shanghai))
  }
  if let time = try? Google.Timestamp(typed: text) { return time }
  throw .input(
    say(
      "\(option) “\(text)”看不懂：写日期（2026-06-30）、时刻（2026-06-30 08:00）或几天前（7d）。",
      "\(option): \(text) must be a date (2026-06-30), a time (2026-06-30 08:00), or days ago (7d)."))
}
