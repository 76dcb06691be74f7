internal import GuobanClient
internal import GuobanMessages
internal import GuobanWire

/// What a daemon says about its own methods and messages, and JSON made by it.
struct Catalog {
  let pool: DescriptorPool
  let json: DynamicJSON

  private static let descriptorBytesMax = 4 << 20

  /// Asks the daemon.
  init(of client: GuobanClient) async throws {
    let answer: RPC.DescribeResponse = try await client.call(
      "/guoban.rpc.v1.ReflectionService/Describe", RPC.DescribeRequest(), timeout: .seconds(10))
    do {
      pool = try DescriptorPool(fileDescriptorSet: answer.fileDescriptorSet, bytesMax: Self.descriptorBytesMax)
    } catch {
      throw Failure.refused(say("守护进程的接口描述读不懂：\(error)", "The daemon's description cannot be read: \(error)"))
    }
    json = DynamicJSON(pool: pool, limits: .standard)
  }

  /// The method with this full or short name.
  func method(_ name: String) throws(Failure) -> DescriptorPool.Method {
    if let method = pool.method(named: name) { return method }
    let short = name.split { $0 == "/" || $0 == "." }.last.map(String.init) ?? name
    let twins = pool.methods.filter { $0.name.hasSuffix("/" + short) }
    let near = (twins.isEmpty ? pool.methods(like: name, countMax: 3) : twins).map { String($0.name.dropFirst()) }
    let list = near.map { "\n  " + $0 }.joined()
    throw .input(
      near.isEmpty
        ? say("没有方法“\(name)”；guobanctl describe 列出全部方法。", "No method \(name); guobanctl describe lists them all.")
        : say("没有唯一的方法“\(name)”，是不是：\(list)", "No single method \(name); did you mean:\(list)"))
  }

  /// A message as one line or more of JSON.
  func text<Value: Message>(_ message: Value) throws(Failure) -> String {
    try text(packed: message.packed(), as: Value.fullName)
  }

  /// A packed message as JSON.
  func text(packed bytes: [UInt8], as type: String) throws(Failure) -> String {
    do {
      return Terminal.harmless(try json.text(packed: bytes, as: type))
    } catch {
      throw .refused(say("应答读不懂：\(error)", "The answer cannot be read: \(error)"))
    }
  }
}
