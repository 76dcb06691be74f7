internal import GuobanMessages
internal import GuobanWire

/// The methods of a server, found by name or by number.
struct MethodRegistry: Sendable {
  let definitions: [MethodDefinition]
  let table: MethodTable

  /// Two methods with one name are our bug.
  init(_ definitions: [MethodDefinition]) {
    precondition(Set(definitions.map(\.name)).count == definitions.count, "two methods have the same name")
    self.definitions = definitions.enumerated().map { index, definition in
      var numbered = definition
      numbered.id = index + 1
      return numbered
    }
    table = MethodTable(
      entries: definitions.enumerated().map { index, method in
        RPC.MethodEntry(
          name: method.name, id: UInt32(index + 1), serverStreaming: method.serverStreaming,
          clientStreaming: method.clientStreaming)
      })
  }

  /// The method a call is for.
  func find(_ target: RPC.Call.Target?) throws(Status) -> MethodDefinition {
    switch target {
    case .methodId(let id):
      guard id >= 1, id <= UInt32(definitions.count) else {
        throw Status(
          .unimplemented, "没有编号为 \(id) 的方法：编号见这个连接的 Hello",
          "no method has the id \(id): ids come from this connection's Hello")
      }
      return definitions[Int(id) - 1]
    case .method(let name):
      guard let id = table.id(of: name) else {
        throw Status(
          .unimplemented, "没有方法“\(name.prefix(Self.shownCharactersMax))”：Hello 列出全部方法",
          "no method \"\(name.prefix(Self.shownCharactersMax))\": Hello lists them all")
      }
      return definitions[Int(id) - 1]
    case nil:
      throw Status(.invalidArgument, "调用没有写明方法", "the call names no method")
    }
  }

  private static let shownCharactersMax = 128
}
