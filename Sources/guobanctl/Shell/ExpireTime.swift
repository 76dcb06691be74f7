internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// When something ends, as typed: a last day `2027-06-30` (in Asia/Shanghai) or a number of days from now, `90d`; `never`.
///
/// Nil for never.
func expireTime(_ text: String, option: String) throws(Failure) -> Google.Timestamp? {
  if text == "never" || text == "不限" { return nil }
  if text.last == "d" || text.last == "天", let days = Int64(text.dropLast()), (1...36_500).contains(days) {
    return Google.Timestamp(seconds: Int64(Date().timeIntervalSince1970) + days * 86_400)
  }
  if let day = try? CivilDate(text), let next = try? day.addingDays(1), let end = try? CivilDateTime(next) {
    return Google.Timestamp(seconds: end.epochSeconds(in: .shanghai))
  }
  throw .input(
    say(
      "\(option) “\(text)”看不懂：写最后一天（2027-06-30），或天数（90d），或 never。",
      "\(option): \(text) must be the last day (2027-06-30), a number of days (90d), or never."))
}

/// Whether a time is over.
func isPast(_ time: Google.Timestamp) -> Bool { Double(time.seconds) <= Date().timeIntervalSince1970 }
