/// Who may connect: connections in all, per address, and those that have not said Hello.
///
/// Peers that say nothing have their own, smaller bound, where the oldest makes room: so they can neither take all places
/// nor keep anybody out who says Hello at once.
struct ConnectionCensus<ID: Hashable> {
  private let limits: Limits
  private var members: [ID: Member] = [:]
  private var perAddress: [String: Int] = [:]
  private var greeting: Set<ID> = []
  private var leavingCount = 0
  private var arrivals = 0

  struct Limits {
    var connectionsMax: Int
    /// Places beside them for whoever has no address: the Unix socket, where an operator comes who looks what is the matter.
    var localReserve: Int
    var perAddressMax: Int
    var greetingsMax: Int
    /// Connections that may hear why they are refused, beside those that are served.
    var refusalsMax: Int
  }

  private struct Member {
    var address: String?
    var number: Int
    /// Refused or evicted: it is there until it has read why.
    var isLeaving: Bool
  }

  enum Admission: Equatable {
    /// Welcome. `evicted` has said nothing for longest and must go, at once when there is no room to tell it why.
    case welcome(evicted: Eviction?)
    /// There is room to say no politely, and nothing more.
    case full, fullForAddress
    /// Not even that.
    case overfull
  }

  struct Eviction: Equatable {
    var id: ID
    var isTold: Bool
  }

  init(_ limits: Limits) { self.limits = limits }

  /// Connections that are served or may be.
  var count: Int { members.count - leavingCount }

  /// Somebody connected; `address` is nil when it does not count. It is a member until ``remove(_:)`` unless `overfull`.
  mutating func add(_ id: ID, address: String?) -> Admission {
    arrivals += 1
    let places = limits.connectionsMax + (address == nil ? limits.localReserve : 0)
    if count >= places { return refuse(id, .full) }
    if let address, perAddress[address, default: 0] >= limits.perAddressMax { return refuse(id, .fullForAddress) }
    let eviction = greeting.count >= limits.greetingsMax ? evictOldest() : nil
    members[id] = Member(address: address, number: arrivals, isLeaving: false)
    greeting.insert(id)
    if let address { perAddress[address, default: 0] += 1 }
    return .welcome(evicted: eviction)
  }

  /// It has said Hello and was let in.
  mutating func greeted(_ id: ID) { greeting.remove(id) }

  /// It is gone.
  mutating func remove(_ id: ID) {
    guard let member = members.removeValue(forKey: id) else { return }
    greeting.remove(id)
    if member.isLeaving { leavingCount -= 1 } else { leave(member.address) }
  }

  private mutating func refuse(_ id: ID, _ reason: Admission) -> Admission {
    guard leavingCount < limits.refusalsMax else { return .overfull }
    members[id] = Member(address: nil, number: arrivals, isLeaving: true)
    leavingCount += 1
    return reason
  }

  private mutating func evictOldest() -> Eviction? {
    guard let oldest = greeting.min(by: { number($0) < number($1) }), let member = members[oldest] else { return nil }
    greeting.remove(oldest)
    leave(member.address)
    guard leavingCount < limits.refusalsMax else {
      members[oldest] = nil
      return Eviction(id: oldest, isTold: false)
    }
    members[oldest]?.isLeaving = true
    leavingCount += 1
    return Eviction(id: oldest, isTold: true)
  }

  private mutating func leave(_ address: String?) {
    guard let address, let count = perAddress[address] else { return }
    perAddress[address] = count > 1 ? count - 1 : nil
  }

  private func number(_ id: ID) -> Int { members[id]?.number ?? 0 }
}
