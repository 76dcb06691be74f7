internal import Foundation

/// How far a long task is: a line that is rewritten on a terminal, else a plain line every few seconds.
struct Progress {
  private static let terminalInterval = 0.1
  private static let plainInterval = 5.0
  private static let barWidth = 20

  private let label: String
  private let unit: String
  private let start = Date()
  private var shown = Date()

  /// - Parameter unit: what is counted: 行, 条.
  init(_ label: String, unit: String) {
    self.label = label
    self.unit = unit
  }

  /// - Parameter total: nil while nobody knows.
  mutating func show(_ done: Int, of total: Int?) {
    let now = Date()
    let interval = Terminal.showsProgress ? Self.terminalInterval : Self.plainInterval
    guard now.timeIntervalSince(shown) >= interval else { return }
    shown = now
    let text = Self.text(label, unit, done, of: total, seconds: now.timeIntervalSince(start))
    Terminal.showsProgress ? Terminal.progress(text) : Terminal.complain(text)
  }

  /// `[1/3] enterprises.csv ▕███████░░░▏ 62% 620000/1000000 条，45000 条/秒，还要 8 秒`
  static func text(_ label: String, _ unit: String, _ done: Int, of total: Int?, seconds: Double) -> String {
    let rate = Int(Double(done) / max(seconds, 0.001))
    let speed = say("\(rate) \(unit)/秒", "\(rate) \(unit)/s")
    guard let total, total > 0 else { return "\(label) \(done) \(unit)，\(speed)" }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * Double(barWidth))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
    let left = rate > 0 ? timeText((total - done) / rate) : "—"
    return say(
      "\(label) ▕\(bar)▏ \(Int(share * 100))% \(done)/\(total) \(unit)，\(speed)，还要 \(left)",
      "\(label) ▕\(bar)▏ \(Int(share * 100))% \(done)/\(total) \(unit), \(speed), \(left) left")
  }

  private static func timeText(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: say("\(seconds) 秒", "\(seconds) s")
    case ..<3600: say("\(seconds / 60) 分 \(seconds % 60) 秒", "\(seconds / 60) min \(seconds % 60) s")
    default: say("\(seconds / 3600) 小时 \(seconds / 60 % 60) 分", "\(seconds / 3600) h \(seconds / 60 % 60) min")
    }
  }
}
