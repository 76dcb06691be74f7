internal import ArgumentParser
internal import GuobanMessages

struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: say("看守护进程是否正常服务。", "Ask whether the daemon serves."),
    discussion: say("例：guobanctl health", "Example: guobanctl health"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Health.HealthCheckResponse = try await common.call(
      "/grpc.health.v1.Health/Check", Health.HealthCheckRequest())
    guard answer.status == .serving else {
      throw Failure.unavailable(
        say("守护进程没有在服务（\(answer.status.name)）。", "The daemon is not serving (\(answer.status.name))."))
    }
    Terminal.print(say("正常", "serving"))
  }
}
