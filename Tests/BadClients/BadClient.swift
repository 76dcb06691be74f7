import GuobanMessages
import GuobanServer
import GuobanWire
import Testing

/// One way to misbehave, and what it must come to.
struct BadClient: Sendable, CustomTestStringConvertible {
  var name: String
  var expects: Answer
  /// Whether the script's socket has said Hello before.
  var greets = true
  /// Whether the server is gone afterwards.
  var endsServer = false
  /// What the server is set to, where the defaults would take too long or need too much.
  var limits: @Sendable (inout ServerConfiguration) -> Void = { _ in }
  var script: @Sendable (BadSocket, Stage) throws -> Void

  var testDescription: String { name }

  /// What the socket gets after the script.
  enum Answer: Sendable, CustomStringConvertible {
    /// A GoAway with this code, its reason holding this text; then the end of the connection.
    case goAway(Status.Code, String)
    /// One readable line holding this text; then the end of the connection.
    case line(String)
    /// The end of the connection, without a word.
    case closed
    /// A Reply with this code, its message holding this text; and the connection goes on.
    case refused(Status.Code, String)
    /// Nothing special: the connection goes on.
    case served

    var description: String {
      switch self {
      case .goAway(let code, _): "GoAway \(code.name)"
      case .line: "a line"
      case .closed: "closed"
      case .refused(let code, _): "Reply \(code.name)"
      case .served: "served"
      }
    }
  }

  static let all = handshakes + frames + calls + uploads + floods + crowds + sockets
}
