internal import ArgumentParser
internal import GuobanDaemon

/// `guoband config`.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "config", abstract: "列出全部设置，或生成配置文件")

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, yaml }

  @OptionGroup var settings: SettingsOptions

  @Option(name: .long, help: "table 看，yaml 用")
  var format = Format.table

  func run() throws {
    let listing = ConfigurationListing(try settings.load(), language: settings.language)
    print(format == .table ? listing.table() : listing.yaml(), terminator: "")
  }
}
