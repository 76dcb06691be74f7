/// Prints a loaded configuration: as a table to look at, or as a file to use.
public struct ConfigurationListing: Sendable {
  private let loaded: LoadedConfiguration
  private let language: Language

  /// Prepares to print `loaded`.
  public init(_ loaded: LoadedConfiguration, language: Language) {
    self.loaded = loaded
    self.language = language
  }

  /// Every setting in an aligned line: name, value, default, allowed, source, meaning.
  public func table() -> String {
    let standard = DaemonConfiguration(dataDir: loaded.configuration.dataDir)
    let header = language.say("设置|值|默认|允许|来源|含义", "setting|value|default|allowed|source|meaning")
    var rows = [header.split(separator: "|").map(String.init)]
    for setting in Setting.all {
      let source = loaded.sources[setting.key] ?? .standard
      let isPlace = setting.key == "dataDir" && source != .standard
      rows.append([
        setting.key, shown(setting.read(loaded.configuration)),
        isPlace ? language.say("（随用户）", "(by user)") : shown(setting.read(standard)),
        setting.kind.allowed(language), source.text(language), meaning(setting),
      ])
    }
    return TextColumns.aligned(rows)
  }

  /// A commented YAML file with every setting at its value, which reads back as the same configuration.
  public func yaml() -> String {
    var lines = [
      language.say(
        "# Guoban（过半）的配置。每项都可删去，删去即为默认值。", "# Guoban's configuration. Any line may go; the default then holds.")
    ]
    var section = ""
    for setting in Setting.all {
      let parts = setting.key.split(separator: ".").map(String.init)
      let indent = parts.count > 1 ? "  " : ""
      if parts.count > 1, parts[0] != section {
        section = parts[0]
        lines += ["", "\(section):"]
      }
      lines.append("\(indent)# \(meaning(setting))  (\(setting.kind.allowed(language)))")
      lines.append("\(indent)\(parts[parts.count - 1]): \(yamlValue(setting))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the setting is for, and whether a new value waits for a restart.
  private func meaning(_ setting: Setting) -> String {
    let live = setting.isLive ? language.say("［SIGHUP 即生效］", " [live: SIGHUP]") : ""
    return language.say(setting.chinese, setting.english) + live
  }

  private func yamlValue(_ setting: Setting) -> String {
    let text = setting.read(loaded.configuration)
    switch setting.kind {
    case .integer, .bytes, .duration, .flag, .choice: return text
    case .text, .path: return quoted(text)
    case .list: return "[" + text.split(separator: ",").map { quoted(String($0)) }.joined(separator: ", ") + "]"
    }
  }

  /// A double-quoted scalar; control characters never get into a value.
  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  private func shown(_ text: String) -> String {
    text.isEmpty ? language.say("（空）", "(empty)") : text
  }
}
