import Glibc
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore

extension BadClient {
  /// Very many connections.
  static let crowds: [BadClient] = [
    BadClient(
      name: "ten times the connections there may be", expects: .served,
      limits: {
        $0.connectionsMax = 50
        $0.connectionsPerAddressMax = 50
      }
    ) { _, stage in
      // The script's own socket and the good client have two of the fifty.
      let welcome = try (0..<48).map { _ in try stage.greet() }
      let surplus = try (0..<452).map { _ in try stage.connect() }
      for socket in surplus { try expectNoRoom(socket) }
      for socket in welcome {
        guard try socket.echo([9]) == [9] else { throw BadSocket.Failure("one that was let in was not served") }
      }
    },
    BadClient(
      name: "one address with more than its share", expects: .served, limits: { $0.connectionsPerAddressMax = 10 }
    ) { _, stage in
      let welcome = try (0..<8).map { _ in try stage.greet() }
      for _ in 0..<50 { try expectNoRoom(stage.connect()) }
      guard try welcome[7].echo([9]) == [9] else { throw BadSocket.Failure("one that was let in was not served") }
    },
    BadClient(name: "a thousand that never say Hello", expects: .served, limits: { $0.greetingsMax = 64 }) {
      _, stage in
      let silent = try (0..<1000 / stage.effort).map { _ in try stage.connect() }
      // Newcomers take the places of those who say nothing.
      for _ in 0..<20 {
        guard try stage.greet().echo([9]) == [9] else { throw BadSocket.Failure("a newcomer was not served") }
      }
      try expectNoRoom(silent[0])
    },
    BadClient(
      name: "a thousand that are idle", expects: .served,
      limits: {
        $0.connectionsMax = 2000
        $0.connectionsPerAddressMax = 2000
      }
    ) { _, stage in
      let idle = try (0..<1000 / stage.effort).map { _ in try stage.greet() }
      usleep(300_000)
      guard try idle[idle.count / 2].echo([1]) == [1] else { throw BadSocket.Failure("an idle one was not served") }
    },
  ]

  /// GoAway with RESOURCE_EXHAUSTED, or closed without a word when even that is too much.
  private static func expectNoRoom(_ socket: BadSocket) throws {
    guard let frame = try socket.next() else { return }
    guard case .goAway(let goAway) = frame.body, Status.Code(number: goAway.code) == .resourceExhausted else {
      throw BadSocket.Failure("one too many got \(frame)")
    }
  }
}
