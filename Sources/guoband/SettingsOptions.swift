internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import GuobanDaemon

/// The options that every command takes: where settings come from.
struct SettingsOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("配置文件（YAML）", valueName: "文件"))
  var config: String?

  @Option(name: .long, help: ArgumentHelp("数据目录，同 --set dataDir=…", valueName: "目录"))
  var dataDir: String?

  @Option(name: .long, help: ArgumentHelp("日志级别，同 --set logs.level=…", valueName: "级别"))
  var logLevel: String?

  @Option(name: .long, help: ArgumentHelp("日志格式 text 或 json，同 --set logs.format=…", valueName: "格式"))
  var logFormat: String?

  @Option(name: .long, help: ArgumentHelp("改一项设置，可重复；名称见 guoband config", valueName: "设置=值"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("语言 zh 或 en；默认随环境", valueName: "语言"))
  var lang: String?

  private var environment: [String: String] { ProcessInfo.processInfo.environment }

  var language: Language { lang.flatMap(Language.init(rawValue:)) ?? Language(environment: environment) }

  func validate() throws {
    if let lang, Language(rawValue: lang) == nil { throw ValidationError("--lang 只能是 zh 或 en，不是“\(lang)”") }
    for pair in set where !pair.contains("=") {
      throw ValidationError("--set 的写法是 设置=值，例如 --set listen.tcpPort=7613，不是“\(pair)”")
    }
  }

  /// What the configuration is made from, now and at a reload.
  var inputs: LoadedConfiguration.Inputs {
    var flags: [String: String] = [:]
    for pair in set {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      flags[parts[0]] = parts[1]
    }
    flags["dataDir"] = dataDir ?? flags["dataDir"]
    flags["logs.level"] = logLevel ?? flags["logs.level"]
    flags["logs.format"] = logFormat ?? flags["logs.format"]
    return .init(flags: flags, environment: environment, file: config, isRoot: geteuid() == 0, language: language)
  }

  /// Loads the configuration; what is wrong goes to standard error, and the exit code says so.
  func load() throws -> LoadedConfiguration {
    do {
      let loaded = try LoadedConfiguration(inputs)
      for warning in loaded.warnings { Console.error("guoband: \(warning)") }
      return loaded
    } catch {
      for problem in error.problems { Console.error("guoband: \(problem.message)") }
      throw ExitCode(EX_CONFIG)
    }
  }
}
