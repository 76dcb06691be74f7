/// One field of a cron line as the set of numbers it matches.
struct CronField: Hashable, Sendable {
  /// Bit n is set if n matches.
  let bits: UInt64
  /// Whether the text starts with `*`: the day fields combine differently then.
  let isStar: Bool

  struct Kind {
    let title: String
    let range: ClosedRange<Int>
    let names: [String]
    /// What the first name stands for.
    let firstName: Int

    /// What `*` means: Sunday counts once, as 0.
    var star: ClosedRange<Int> { range.upperBound == 7 ? 0...6 : range }

    static let minute = Kind(title: "分", range: 0...59, names: [], firstName: 0)
    static let hour = Kind(title: "时", range: 0...23, names: [], firstName: 0)
    static let dayOfMonth = Kind(title: "日", range: 1...31, names: [], firstName: 0)
    static let month = Kind(
      title: "月", range: 1...12,
      names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], firstName: 1)
    /// 7 is Sunday as well.
    static let dayOfWeek = Kind(
      title: "周", range: 0...7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], firstName: 0)
  }

  /// A list of `*`, `n`, `n-m`, each range or star with a `/step`. Nil if it is none of these.
  init?(_ text: some StringProtocol, _ kind: Kind) {
    var bits: UInt64 = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let head = pieces.first, let range = Self.range(head, kind) else { return nil }
      var step = 1
      if pieces.count == 2 {
        // Vixie cron knows no step after a single number.
        guard head == "*" || head.contains("-"), let given = Self.number(pieces[1]), given > 0 else { return nil }
        step = given
      }
      for value in stride(from: range.lowerBound, through: range.upperBound, by: step) { bits |= 1 << UInt64(value) }
    }
    if kind.range.upperBound == 7, bits & (1 << 7) != 0 { bits = bits & ~(1 << 7) | 1 }
    self.bits = bits
    self.isStar = text.hasPrefix("*")
  }

  func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

  /// The least match from `start` on.
  func first(from start: Int) -> Int? {
    let rest = bits & (~0 << UInt64(start))
    return rest == 0 ? nil : rest.trailingZeroBitCount
  }

  private static func range(_ text: some StringProtocol, _ kind: Kind) -> ClosedRange<Int>? {
    if text == "*" { return kind.star }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = ends.first, let last = ends.last, let low = value(first, kind),
      let high = value(last, kind), low <= high
    else { return nil }
    return low...high
  }

  private static func value(_ text: some StringProtocol, _ kind: Kind) -> Int? {
    if let index = kind.names.firstIndex(of: text.uppercased()) { return index + kind.firstName }
    guard let number = number(text), kind.range.contains(number) else { return nil }
    return number
  }

  private static func number(_ text: some StringProtocol) -> Int? {
    (1...3).contains(text.utf8.count) && text.unicodeScalars.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
  }
}
