/// Where a ticket is on its way (登记 → 交办 → 办理中 → 待销号 → 销号). The names are Proto/'s.
public enum TicketState: String, Sendable, CaseIterable {
  case registered = "REGISTERED"
  case assigned = "ASSIGNED"
  case handling = "HANDLING"
  case pendingClosure = "PENDING_CLOSURE"
  case closed = "CLOSED"

  /// For a clerk.
  public var chinese: String {
    switch self {
    case .registered: "登记"
    case .assigned: "交办"
    case .handling: "办理中"
    case .pendingClosure: "待销号"
    case .closed: "销号"
    }
  }
}

/// Who answers for a ticket, upwards. A ticket goes up and down one level at a time.
public enum TicketLevel: String, Sendable, CaseIterable, Comparable {
  /// 县级领导
  case county = "COUNTY"
  /// 县总调度会: above its leaders, and still the county.
  case dispatch = "DISPATCH"
  case city = "CITY"
  case province = "PROVINCE"

  /// For a clerk.
  public var chinese: String {
    switch self {
    case .county: "县级领导"
    case .dispatch: "县总调度会"
    case .city: "市"
    case .province: "省"
    }
  }

  /// The government that it belongs to.
  public var rank: GovernmentRank {
    switch self {
    case .county, .dispatch: .county
    case .city: .city
    case .province: .province
    }
  }

  /// One up; nil at the top.
  public var above: TicketLevel? { neighbour(1) }
  /// One down; nil at the bottom.
  public var below: TicketLevel? { neighbour(-1) }

  private func neighbour(_ step: Int) -> TicketLevel? {
    let all = Self.allCases
    guard let index = all.firstIndex(of: self), all.indices.contains(index + step) else { return nil }
    return all[index + step]
  }

  public static func < (left: TicketLevel, right: TicketLevel) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// How high an office stands, by the region that it is held to.
public enum GovernmentRank: Int, Sendable, CaseIterable, Comparable {
  case township = 1
  case county, city, province
  /// Held to no region.
  case everywhere

  /// For a clerk.
  public var chinese: String {
    switch self {
    case .township: "乡级"
    case .county: "县级"
    case .city: "市级"
    case .province: "省级"
    case .everywhere: "不限区划"
    }
  }

  /// In English.
  public var english: String { "\(self)" }

  /// One below; a township has nothing below it. So a zone under a city ranks as a county does.
  public var below: GovernmentRank { GovernmentRank(rawValue: rawValue - 1) ?? .township }

  public static func < (left: GovernmentRank, right: GovernmentRank) -> Bool { left.rawValue < right.rawValue }
}

/// 一般, 重大
public enum TicketSeverity: String, Sendable, CaseIterable {
  case ordinary = "ORDINARY"
  case major = "MAJOR"
}

/// What closing a ticket means.
public enum TicketOutcome: String, Sendable, CaseIterable {
  case solved = "SOLVED"
  /// It cannot be solved, and that was explained.
  case explained = "EXPLAINED"
}

/// What whoever reported it says afterwards.
public enum TicketSatisfaction: String, Sendable, CaseIterable {
  case satisfied = "SATISFIED"
  case dissatisfied = "DISSATISFIED"
}
