internal import Configuration
internal import Foundation
internal import GuobanModel

/// A configuration that was put together from flags, environment, file and defaults, and where each value came from.
public struct LoadedConfiguration: Sendable {
  public var configuration: DaemonConfiguration
  /// One for every setting.
  public var sources: [String: ConfigurationSource]
  /// The file that was read, nil when there was none.
  public var file: String?
  /// What the operator should know though it is no error.
  public var warnings: [String]

  /// What one start of a program was given.
  public struct Inputs: Sendable {
    /// Setting key → text.
    public var flags: [String: String]
    public var environment: [String: String]
    /// `--config`; nil: `GUOBAN_CONFIG`, else the usual place if there is a file.
    public var file: String?
    public var isRoot: Bool
    public var language: Language

    /// Gathers what the configuration is made from.
    public init(
      flags: [String: String], environment: [String: String], file: String?, isRoot: Bool, language: Language
    ) {
      self.flags = flags
      self.environment = environment
      self.file = file
      self.isRoot = isRoot
      self.language = language
    }
  }

  /// Reads everything and refuses it as a whole when anything is wrong, saying all that is.
  public init(_ inputs: Inputs) throws(ConfigurationError) {
    let language = inputs.language
    let file = try Self.file(inputs)
    var problems = Self.unknownKeys(flags: inputs.flags, file: file, language: language)
    let dataDir = DaemonConfiguration.dataDirDefault(environment: inputs.environment, isRoot: inputs.isRoot)
    var configuration = DaemonConfiguration(dataDir: dataDir)
    var sources: [String: ConfigurationSource] = [:]
    let readers = Readers(flags: inputs.flags, environment: inputs.environment, file: file)
    for setting in Setting.all {
      guard let (text, source) = readers.value(of: setting) else {
        sources[setting.key] = .standard
        continue
      }
      sources[setting.key] = source
      if !setting.write(text, &configuration) {
        problems.append(Self.invalid(setting, text, source, language))
      }
    }
    problems += configuration.inconsistencies(language)
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    self.configuration = configuration
    self.sources = sources
    self.file = file?.path
    warnings = Self.unknownVariables(inputs.environment, language)
  }

  private static func file(_ inputs: Inputs) throws(ConfigurationError) -> ConfigurationFile? {
    if let path = inputs.file ?? inputs.environment["GUOBAN_CONFIG"], !path.isEmpty {
      return try ConfigurationFile(path: path, language: inputs.language)
    }
    let usual = DaemonConfiguration.fileDefault(environment: inputs.environment, isRoot: inputs.isRoot)
    guard FileManager.default.fileExists(atPath: usual) else { return nil }
    return try ConfigurationFile(path: usual, language: inputs.language)
  }

  private static func unknownKeys(
    flags: [String: String], file: ConfigurationFile?, language: Language
  ) -> [ConfigurationError.Problem] {
    var unknown = flags.keys.filter { Setting.named($0) == nil }.sorted().map { ($0, ConfigurationSource.flag) }
    if let file {
      unknown += file.values.filter { Setting.named($0.key) == nil }.sorted { $0.value.line < $1.value.line }
        .map { ($0.key, .file(path: file.path, line: $0.value.line)) }
    }
    let names = Setting.all.map(\.key)
    return unknown.map { key, source in
      let nearest = NameLikeness.nearest(to: key, among: names)
      let chinese = nearest.map { "，是不是 \($0)？" } ?? "；guoband config 列出全部设置"
      let english = nearest.map { "; did you mean \($0)?" } ?? "; guoband config lists all settings"
      let message = language.say(
        "没有 \(key) 这个设置（\(source.text(language))）\(chinese)",
        "no setting is named \(key) (\(source.text(language)))\(english)")
      return .init(code: .unknownKey, message: message)
    }
  }

  private static func invalid(
    _ setting: Setting, _ text: String, _ source: ConfigurationSource, _ language: Language
  ) -> ConfigurationError.Problem {
    let allowed = setting.kind.allowed(language)
    let shown = text.prefix(100)
    return .init(
      code: .invalidValue,
      message: language.say(
        "\(setting.key) 不能是“\(shown)”（\(source.text(language))），应为：\(allowed)",
        "\(setting.key) cannot be \"\(shown)\" (\(source.text(language))); allowed: \(allowed)"))
  }

  /// A misspelt variable would otherwise be passed over in silence; other programs' own are left alone.
  private static func unknownVariables(_ environment: [String: String], _ language: Language) -> [String] {
    let names = Setting.all.map(\.environmentName)
    let known = Set(names + ["GUOBAN_CONFIG", "GUOBAN_LANG"])
    return environment.keys.filter { $0.hasPrefix("GUOBAN_") && !known.contains($0) }.sorted().compactMap { name in
      NameLikeness.nearest(to: name, among: names).map {
        language.say("环境变量 \(name) 不是设置，是不是 \($0)？", "\(name) is no setting; did you mean \($0)?")
      }
    }
  }
}

/// One reader per source, asked in order: so it is known which one answered.
private struct Readers {
  private let flags: ConfigReader
  private let environment: ConfigReader
  private let file: ConfigReader?
  private let fileValues: [String: ConfigurationFile.Value]
  private let filePath: String

  init(flags: [String: String], environment: [String: String], file: ConfigurationFile?) {
    self.flags = Self.reader(flags)
    self.environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
      .scoped(to: "guoban")
    self.file = file.map { Self.reader($0.values.mapValues(\.text)) }
    fileValues = file?.values ?? [:]
    filePath = file?.path ?? ""
  }

  func value(of setting: Setting) -> (String, ConfigurationSource)? {
    let key = ConfigKey(setting.key)
    if let text = flags.string(forKey: key) { return (text, .flag) }
    if let text = environment.string(forKey: key) { return (text, .environment(setting.environmentName)) }
    if let text = file?.string(forKey: key) {
      return (text, .file(path: filePath, line: fileValues[setting.key]?.line ?? 0))
    }
    return nil
  }

  private static func reader(_ values: [String: String]) -> ConfigReader {
    let pairs = values.map { (AbsoluteConfigKey(ConfigKey($0)), ConfigValue(.string($1), isSecret: false)) }
    return ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: pairs)))
  }
}
