internal import ArgumentParser
internal import GuobanDaemon

/// `guoband check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "check", abstract: "检查配置与数据目录，不写任何东西")

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let findings = DaemonCheck(try settings.load().configuration, language: settings.language).findings()
    for finding in findings { print("\(mark(finding.kind)) \(finding.text)") }
    if findings.contains(where: { $0.kind == .problem }) { throw ExitCode.failure }
  }

  private func mark(_ kind: DaemonCheck.Finding.Kind) -> String {
    switch kind {
    case .fine: "✓"
    case .warning: "!"
    case .problem: "✗"
    }
  }
}
