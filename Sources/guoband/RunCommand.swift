internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import GuobanDaemon
internal import Logging

/// `guoband run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "启动（默认）")

  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    let loaded = try settings.load()
    let logs = loaded.configuration.logs
    let threshold = LogThreshold(logs.level)
    let logger = Logger(label: "guoband") { LineLogHandler(label: $0, configuration: logs, threshold: threshold) }
    let file = loaded.file ?? "-"
    logger.info(
      "starting", metadata: ["version": "\(DaemonVersion.number)", "config": "\(file)", "pid": "\(getpid())"])
    do {
      try await Daemon(
        configuration: loaded.configuration, environment: ProcessInfo.processInfo.environment,
        reloading: Reloading(inputs: settings.inputs, threshold: threshold), logger: logger
      ).run()
    } catch {
      logger.critical("cannot run", metadata: ["error": "\(error)"])
      Console.error("guoband: \(DaemonFailure.message(error, settings.language))")
      throw ExitCode.failure
    }
  }
}
