import Foundation
import GuobanDaemon

/// A temporary folder that goes away with the value.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/guoband-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
  }
}

/// Loads a configuration from what a test gives, and nothing of this machine's.
func load(
  flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil, language: Language = .english
) throws(ConfigurationError) -> LoadedConfiguration {
  let environment = environment.merging(["HOME": "/nonexistent"]) { $1 }
  return try LoadedConfiguration(
    .init(flags: flags, environment: environment, file: file, isRoot: false, language: language))
}
