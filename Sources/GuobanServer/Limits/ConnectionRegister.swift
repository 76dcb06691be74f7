internal import GuobanWire
internal import NIOCore
internal import Synchronization

/// The connections of a server, counted and reachable: ``ConnectionCensus`` behind a lock, with the channels.
final class ConnectionRegister: Sendable {
  private let state: Mutex<State>
  private let configuration: ServerConfiguration

  private struct State {
    var census: ConnectionCensus<ObjectIdentifier>
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
  }

  enum Admission {
    case welcome
    /// To be told this, and sent away.
    case refused(ConnectionRefusal, Status)
    /// To be closed without a word.
    case overfull
  }

  init(_ configuration: ServerConfiguration) {
    self.configuration = configuration
    state = Mutex(
      State(
        census: ConnectionCensus(
          .init(
            connectionsMax: configuration.connectionsMax, localReserve: Self.localReserve,
            perAddressMax: configuration.connectionsPerAddressMax, greetingsMax: configuration.greetingsMax,
            refusalsMax: Self.refusalsMax))))
  }

  /// Takes the channel in until it closes, except when `overfull`. On its event loop.
  func add(_ channel: any Channel) -> Admission {
    let id = ObjectIdentifier(channel)
    let address = channel.remoteAddress?.ipAddress.map(NetworkAddress.group)
    let (admission, evicted) = state.withLock { state -> (Admission, (any Channel, isTold: Bool)?) in
      let verdict = state.census.add(id, address: address)
      if verdict != .overfull { state.channels[id] = channel }
      if verdict != .overfull, state.isDraining {
        return (.refused(.draining, Status(.unavailable, english: "the daemon is stopping")), nil)
      }
      switch verdict {
      case .welcome(let eviction):
        let evicted = eviction.flatMap { eviction in state.channels[eviction.id].map { ($0, eviction.isTold) } }
        return (.welcome, evicted)
      case .full:
        return (
          .refused(.full, full("\(configuration.connectionsMax) connections are open already (connections_max)")), nil
        )
      case .fullForAddress:
        let most = configuration.connectionsPerAddressMax
        return (
          .refused(
            .address, full("\(most) connections of this address are open already (connections_per_address_max)")), nil
        )
      case .overfull: return (.overfull, nil)
      }
    }
    if let evicted { evict(evicted.0, isTold: evicted.isTold) }
    if case .overfull = admission { return admission }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { state in
        state.channels[id] = nil
        state.census.remove(id)
      }
    }
    return admission
  }

  /// The peer has said Hello and was let in.
  func greeted(_ channel: any Channel) {
    state.withLock { $0.census.greeted(ObjectIdentifier(channel)) }
  }

  /// Whoever comes from now on is sent away.
  func beginDraining() { state.withLock { $0.isDraining = true } }

  /// Everything connected now.
  var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

  private func evict(_ channel: any Channel, isTold: Bool) {
    guard isTold else { return channel.close(promise: nil) }
    let reason = full("others wait for this place: say Hello at once after connecting (greetings_max)")
    channel.pipeline.fireUserInboundEventTriggered(ConnectionEvent.sendAway(reason))
  }

  private func full(_ message: String) -> Status {
    Status(.resourceExhausted, english: message).reason("CONNECTIONS_MAX").retry(after: Self.retryDelay)
  }

  /// Connections over the limit that may hear why they are refused.
  private static let refusalsMax = 64
  private static let localReserve = 8
  private static let retryDelay = Duration.seconds(1)
}
