/// What an integer field counts, for the message that says which values it may have.
enum RangeUnit {
  case days, fen, kilograms, millionths, nanoseconds, ones, people, permille, trips

  /// For a clerk.
  var chinese: String {
    switch self {
    case .days: "天"
    case .fen: "分"
    case .kilograms: "千克"
    case .millionths: "（百万分之一单位）"
    case .nanoseconds: "纳秒"
    case .ones: ""
    case .people: "人"
    case .permille: "‰"
    case .trips: "次"
    }
  }

  /// In English.
  var english: String {
    switch self {
    case .kilograms: "kg"
    case .nanoseconds: "ns"
    case .ones: ""
    case .permille: "‰"
    case .days, .fen, .millionths, .people, .trips: "\(self)"
    }
  }
}
