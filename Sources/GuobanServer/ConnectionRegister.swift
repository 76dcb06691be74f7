internal import NIOCore
internal import Synchronization

/// The connections of a server, counted and reachable.
final class ConnectionRegister: Sendable {
  private let state = Mutex(State())
  private let connectionsMax: Int

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
  }

  enum Admission {
    /// Welcome.
    case welcome
    /// There is room to say no politely, and nothing more.
    case full
    /// Not even that.
    case overfull
    /// The server is going.
    case draining

    /// What the observer is told.
    var refusal: ConnectionRefusal? {
      switch self {
      case .welcome: nil
      case .full: .full
      case .overfull: .overfull
      case .draining: .draining
      }
    }
  }

  init(connectionsMax: Int) {
    self.connectionsMax = connectionsMax
  }

  /// Takes the channel in until it closes, except when `overfull`.
  func add(_ channel: any Channel) -> Admission {
    let id = ObjectIdentifier(channel)
    let admission = state.withLock { state -> Admission in
      guard state.channels.count < connectionsMax + Self.refusalsMax else { return .overfull }
      state.channels[id] = channel
      if state.isDraining { return .draining }
      return state.channels.count <= connectionsMax ? .welcome : .full
    }
    if admission != .overfull {
      channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.channels[id] = nil } }
    }
    return admission
  }

  /// Whoever comes from now on is sent away.
  func beginDraining() { state.withLock { $0.isDraining = true } }

  /// Everything connected now.
  var channels: [any Channel] { state.withLock { Array($0.channels.values) } }

  /// Connections over the limit that may hear why they are refused.
  private static let refusalsMax = 64
}
