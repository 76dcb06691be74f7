internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages

struct PingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping", abstract: say("连上守护进程，说出它是谁、走一个来回要多久。", "Connect, and say who answers and how fast."),
    discussion: say(
      "例：guobanctl ping --address tcp:127.0.0.1:7613", "Example: guobanctl ping --address tcp:127.0.0.1:7613"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      let clock = ContinuousClock()
      let start = clock.now
      let _: Health.HealthCheckResponse = try await client.call(
        "/grpc.health.v1.Health/Check", Health.HealthCheckRequest(), timeout: common.callTimeout)
      let microseconds = (clock.now - start) / .microseconds(1)
      let name = Terminal.harmless(client.hello.name)
      let principal = Terminal.harmless(client.hello.principal)
      Terminal.print(
        say(
          "\(name) 在 \(client.endpoint) 应答，来回 \(Int(microseconds)) 微秒；您的身份是 \(principal)。",
          "\(name) answers on \(client.endpoint) in \(Int(microseconds)) µs; you are \(principal)."))
    }
  }
}
