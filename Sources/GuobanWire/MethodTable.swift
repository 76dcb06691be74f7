public import GuobanMessages

/// The names of a server's methods and the numbers that stand for them on one connection.
public struct MethodTable: Sendable, Equatable {
  /// One row per method, id 1 first.
  public let entries: [RPC.MethodEntry]
  private let ids: [String: UInt32]
  private let nameBytesMax: Int

  /// A server's table: methods in the order given, numbered from 1.
  public init(methods: [(name: String, serverStreaming: Bool)]) {
    self.init(
      entries: methods.enumerated().map { index, method in
        RPC.MethodEntry(name: method.name, id: UInt32(index + 1), serverStreaming: method.serverStreaming)
      })
  }

  /// A client's table, as the server's Hello gave it. Of two rows with one name the first counts.
  public init(entries: [RPC.MethodEntry]) {
    self.entries = entries
    ids = Dictionary(entries.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    nameBytesMax = entries.map(\.name.utf8.count).max() ?? 0
  }

  /// The number to call this method by.
  public func id(of name: String) -> UInt32? {
    // Looking for a text means normalising all of it, and it may be long.
    name.utf8.count <= nameBytesMax ? ids[name] : nil
  }
}
