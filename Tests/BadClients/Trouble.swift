import Foundation
import Glibc
import GuobanMessages
import GuobanWire

/// What a bad client does: its script, and whether it came to what it must.
struct Trouble {
  private let client: BadClient
  private let stage: Stage

  private static let measuredSeconds = 2.0
  /// A measured bad client comes back this often: a hundredth of a second is a short way to any other machine.
  private static let secondsPerTurn = 0.01

  /// What to do, as long as there is time for.
  enum Kind: String {
    /// As somebody who behaves.
    case visits
    /// By the script.
    case turns
  }

  init(_ client: BadClient, on stage: Stage) {
    self.client = client
    self.stage = stage
  }

  /// Comes once; when it is measured, as often as there is time for, but not sooner than ``secondsPerTurn`` after the time
  /// before. Gives how often.
  func take(_ kind: Kind) throws -> Int {
    var turns = 0
    let start = ContinuousClock.now
    repeat {
      turns += 1
      switch kind {
      case .visits: try visit()
      case .turns: try turn()
      }
      let next = start + .seconds(Self.secondsPerTurn * Double(turns))
      if Run.isMeasured { Thread.sleep(forTimeInterval: max(0, (next - .now) / .seconds(1))) }
    } while Run.isMeasured && !client.endsServer && ContinuousClock.now - start < .seconds(Self.measuredSeconds)
    return turns
  }

  /// What somebody does who behaves: says Hello, is served once, and leaves.
  private func visit() throws {
    try expectService(stage.greet())
  }

  private func turn() throws {
    let socket = try stage.connect()
    if client.greets { try socket.greet(Stage.token) }
    try client.script(socket, stage)
    switch client.expects {
    case .goAway(let code, let text): try expectGoAway(socket, code, text)
    case .line(let text): try expectLine(socket, text)
    case .closed: try expectEnd(socket)
    case .refused(let code, let text): try expectRefusal(socket, code, text)
    case .served: try expectService(socket)
    }
  }

  private func expectGoAway(_ socket: BadSocket, _ code: Status.Code, _ text: String) throws {
    while let frame = try socket.next() {
      guard case .goAway(let goAway) = frame.body else { continue }
      guard Status.Code(number: goAway.code) == code, goAway.reason.contains(text) else {
        throw BadSocket.Failure("sent away with \(goAway.code) \"\(goAway.reason)\"")
      }
      return try expectEnd(socket)
    }
    throw BadSocket.Failure("the connection ended without GoAway")
  }

  private func expectLine(_ socket: BadSocket, _ text: String) throws {
    var all: [UInt8] = []
    while let bytes = try socket.receive() { all += bytes }
    let line = String(decoding: all, as: UTF8.self)
    guard line.contains(text), line.hasSuffix("\r\n"), line.filter(\.isNewline).count == 1 else {
      throw BadSocket.Failure("not one readable line about \(text): \(line)")
    }
  }

  private func expectEnd(_ socket: BadSocket) throws {
    while let bytes = try socket.receive() {
      guard bytes.count < 1 << 20 else { throw BadSocket.Failure("the connection goes on") }
    }
  }

  private func expectRefusal(_ socket: BadSocket, _ code: Status.Code, _ text: String) throws {
    let reply = try socket.reply()
    let said = Status(reply, limits: .standard)?.englishMessage ?? ""
    guard Status.Code(number: reply.code) == code, said.contains(text) else {
      throw BadSocket.Failure("refused with \(reply.code) \"\(said)\"")
    }
    if !client.endsServer { try expectService(socket) }
  }

  private func expectService(_ socket: BadSocket) throws {
    guard try socket.echo([1, 2, 3]) == [1, 2, 3] else { throw BadSocket.Failure("a wrong echo") }
  }
}
