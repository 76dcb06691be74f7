internal import GuobanMessages
internal import GuobanWire

/// What the server's Hello settled for a connection.
final class ServerTerms: Sendable {
  let hello: RPC.Hello
  let limits: RPC.Limits
  private let entries: [String: RPC.MethodEntry]

  /// - Throws: when this is not the Hello of a server that we could talk to.
  init(_ hello: RPC.Hello) throws(Status) {
    guard hello.protocolVersions == [Self.protocolVersion], let limits = hello.limits else {
      throw Status(
        .unimplemented,
        english:
          "\(hello.name) speaks protocol versions \(hello.protocolVersions), and this client \(Self.protocolVersion) only"
      )
    }
    self.hello = hello
    self.limits = limits
    entries = Dictionary(hello.methods.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The row of the method table with this name.
  func method(_ name: String) throws(Status) -> RPC.MethodEntry {
    if let entry = entries[name] { return entry }
    throw Status(.unimplemented, english: "the daemon \(hello.name) has no method \(name)")
  }

  /// What is too long is refused before it is sent.
  func checkSize(_ message: [UInt8]) throws(Status) {
    guard message.count > Int(limits.messageBytesMax) else { return }
    throw Status(
      .resourceExhausted,
      english: "a message of \(message.count) bytes is over the daemon's limit of \(limits.messageBytesMax)")
  }

  /// The one version there is.
  static let protocolVersion: UInt32 = 1
}
