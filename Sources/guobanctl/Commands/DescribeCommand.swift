internal import ArgumentParser
internal import GuobanWire

struct DescribeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: say("列出守护进程的方法，或说明一个方法、消息。", "List the daemon's methods, or describe one or a message."),
    discussion: say(
      """
      例：
        guobanctl describe
        guobanctl describe IssuePass
        guobanctl describe guoban.v1.Project
      """,
      """
      Examples:
        guobanctl describe
        guobanctl describe IssuePass
        guobanctl describe guoban.v1.Project
      """))

  @Argument(help: ArgumentHelp(say("方法、消息或枚举的名字", "A method, message or enum"), valueName: "name"))
  var name: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      let catalog = try await Catalog(of: client)
      let pool = catalog.pool
      guard let name else {
        for method in pool.methods { Terminal.print(signature(method)) }
        return
      }
      let types = [name, "guoban.v1.\(name)", "guoban.rpc.v1.\(name)", "guoban.reporter.v1.\(name)"]
      if let message = types.lazy.compactMap({ pool.message(named: $0) }).first {
        Terminal.print(text(message, pool))
      } else if let enumeration = types.lazy.compactMap({ pool.enumeration(named: $0) }).first {
        Terminal.print(text(enumeration))
      } else {
        let method = try catalog.method(name)
        Terminal.print(signature(method))
        for type in [method.input, method.output] {
          if let message = pool.message(named: type) { Terminal.print("\n" + text(message, pool)) }
        }
      }
    }
  }

  private func signature(_ method: DescriptorPool.Method) -> String {
    "rpc \(method.name.dropFirst())(\(method.input)) returns (\(method.serverStreaming ? "stream " : "")\(method.output));"
  }

  private func text(_ message: DescriptorPool.MessageType, _ pool: DescriptorPool) -> String {
    let fields = message.fields.map { field in
      "  \(field.isRepeated ? "repeated " : "")\(typeName(field.kind)) \(field.name) = \(field.number);"
    }
    let enums = message.fields.compactMap { field -> String? in
      guard case .enumeration(let name) = field.kind else { return nil }
      return pool.enumeration(named: name).map(text)
    }
    return (["message \(message.fullName) {"] + fields + ["}"] + enums).joined(separator: "\n")
  }

  private func text(_ enumeration: DescriptorPool.EnumType) -> String {
    let values = enumeration.values.map { "  \($0.name) = \($0.number);" }
    return (["enum \(enumeration.fullName) {"] + values + ["}"]).joined(separator: "\n")
  }

  private func typeName(_ kind: DescriptorPool.Kind) -> String {
    switch kind {
    case .enumeration(let name), .message(let name): name
    default: "\(kind)"
    }
  }
}
