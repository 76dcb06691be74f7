/// The life of a pass: what may happen to it, where it is, and who may do it. Pure: the ledger carries it out.
///
/// Being in or out of its dates is not stored, it follows from the day; so a pass expires without anybody writing.
public enum PassLife {
  /// Where a pass is on a day.
  public enum Phase: String, Sendable, CaseIterable {
    case notYetValid
    case inForce
    case expired
    case revoked
    case replaced

    /// For people.
    public var chineseName: String {
      switch self {
      case .notYetValid: "尚未生效"
      case .inForce: "有效"
      case .expired: "已过期"
      case .revoked: "已吊销"
      case .replaced: "已被新证取代"
      }
    }
  }

  /// What can happen to a pass that was issued.
  public enum Event: String, Sendable, CaseIterable {
    /// A new pass goes on from it.
    case renew
    /// A new pass for the same vehicle and route takes its place.
    case supersede
    case revoke
    /// A checkpoint lets the vehicle pass.
    case recordTrip

    /// For people.
    public var chineseName: String {
      switch self {
      case .renew: "换领"
      case .supersede: "由同车同线路的新证取代"
      case .revoke: "吊销"
      case .recordTrip: "登记行程"
      }
    }

    /// What whoever does it must be allowed to do.
    public var permission: Permission { self == .recordTrip ? .recordTrip : .issuePass }
  }

  /// One row of the table: this event, there, leads to this state. What has no row is refused.
  public struct Transition: Sendable, Hashable {
    public let event: Event
    public let phase: Phase
    public let state: PassState
  }

  /// Everything that is allowed.
  public static let transitions: [Transition] = [
    Transition(event: .renew, phase: .notYetValid, state: .replaced),
    Transition(event: .renew, phase: .inForce, state: .replaced),
    Transition(event: .renew, phase: .expired, state: .replaced),
    Transition(event: .supersede, phase: .notYetValid, state: .replaced),
    Transition(event: .supersede, phase: .inForce, state: .replaced),
    Transition(event: .supersede, phase: .expired, state: .replaced),
    Transition(event: .revoke, phase: .notYetValid, state: .revoked),
    Transition(event: .revoke, phase: .inForce, state: .revoked),
    Transition(event: .revoke, phase: .expired, state: .revoked),
    Transition(event: .recordTrip, phase: .inForce, state: .issued),
  ]

  /// Where a pass is on `date`; both ends of its dates are valid days.
  public static func phase(
    state: PassState, validFrom: CivilDate, validUntil: CivilDate, on date: CivilDate
  ) -> Phase {
    switch state {
    case .revoked: .revoked
    case .replaced: .replaced
    case .issued: date < validFrom ? .notYetValid : date > validUntil ? .expired : .inForce
    }
  }

  /// The state that `event` leads to.
  ///
  /// - Throws: `PASS_REFUSED`; the message says what is allowed there, and who may do it.
  public static func state(after event: Event, in phase: Phase) throws(RuleViolation) -> PassState {
    if let row = transitions.first(where: { $0.event == event && $0.phase == phase }) { return row.state }
    let allowed = transitions.filter { $0.phase == phase && $0.event != .supersede }.map(\.event)
    let chinese = allowed.map { "\($0.chineseName)（\($0.whoInChinese)）" }.joined(separator: "、")
    let english = allowed.map { "\($0.rawValue) (\($0.who))" }.joined(separator: ", ")
    throw RuleViolation(
      rule: "PASS_REFUSED",
      message: "通行证\(phase.chineseName)，不能\(event.chineseName)；"
        + (chinese.isEmpty ? "对它不能再做什么，需要时请另签新证（\(Event.renew.whoInChinese)）" : "现在可以：\(chinese)"),
      englishMessage: "the pass is \(phase.rawValue): \(event.rawValue) is not allowed; "
        + (english.isEmpty ? "nothing more can happen to it, issue a new one (\(Event.renew.who))" : "now: \(english)"))
  }

  /// What of a stored pass may be written over by another version of it: what happened once stays.
  public static func allows(change old: PassState, to new: PassState) -> Bool {
    old == new || old == .issued
  }
}

extension PassLife.Event {
  private var roles: [Role] { Role.allCases.filter { $0.permissions.allows(permission) } }

  /// The roles that may do it.
  var who: String { roles.map(\.rawValue).joined(separator: ", ") }

  var whoInChinese: String { roles.map(\.chineseName).joined(separator: "、") }
}
