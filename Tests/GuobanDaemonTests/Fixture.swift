import Foundation
import GuobanDaemon

/// Loads a configuration from what a test gives, and nothing of this machine's.
func load(
  flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil, language: Language = .english
) throws(ConfigurationError) -> LoadedConfiguration {
  let environment = environment.merging(["HOME": "/nonexistent"]) { $1 }
  return try LoadedConfiguration(
    .init(flags: flags, environment: environment, file: file, isRoot: false, language: language))
}
