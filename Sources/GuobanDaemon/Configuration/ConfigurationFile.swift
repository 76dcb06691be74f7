internal import Foundation
internal import Yams

/// The settings of a YAML file, flat: "rpc.frameBytesMax" → text and line.
struct ConfigurationFile {
  /// A configuration larger than this is none.
  static let bytesMax = 1 << 20
  private static let depthMax = 4

  /// One value of the file, and where it stands.
  struct Value {
    var text: String
    var line: Int
  }

  var path: String
  var values: [String: Value] = [:]

  /// Reads and parses the file.
  init(path: String, language: Language) throws(ConfigurationError) {
    let text: String
    try Self.requireRegular(path, language)
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      let data = try handle.read(upToCount: Self.bytesMax + 1) ?? Data()
      guard data.count <= Self.bytesMax, let decoded = String(data: data, encoding: .utf8) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      text = decoded
    } catch {
      throw ConfigurationError(
        .unreadableFile,
        language.say(
          "读不了配置文件 \(path)：须是不超过 \(ByteCount.text(Self.bytesMax)) 的 UTF-8 文件（\(error.localizedDescription)）",
          "cannot read \(path): it must be a UTF-8 file of at most \(ByteCount.text(Self.bytesMax)) "
            + "(\(error.localizedDescription))"))
    }
    try self.init(text: text, path: path, language: language)
  }

  /// Parses YAML; `path` is only for messages.
  init(text: String, path: String, language: Language) throws(ConfigurationError) {
    self.path = path
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw ConfigurationError(
        .invalidFile, language.say("\(path) 不是正确的 YAML：\(error)", "\(path) is not correct YAML: \(error)"))
    }
    guard let root, root.null == nil else { return }
    guard case .mapping(let mapping) = root else {
      throw ConfigurationError(
        .invalidFile, language.say("\(path)：应当是“键：值”的形式", "\(path): should be a mapping of keys to values"))
    }
    try flatten(mapping, prefix: "", depth: 1, language: language)
  }

  /// Whoever opens a FIFO waits for somebody to write to it, who may never come.
  private static func requireRegular(_ path: String, _ language: Language) throws(ConfigurationError) {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let type = (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType
    guard let type else {
      throw ConfigurationError(
        .unreadableFile,
        language.say("没有配置文件 \(path)，或没有权限看它", "there is no configuration file \(path), or it may not be looked at"))
    }
    guard type == .typeRegular || type == .typeCharacterSpecial else {
      throw ConfigurationError(
        .unreadableFile,
        language.say(
          "读不了配置文件 \(path)：它不是普通文件（是目录、管道或套接字）",
          "cannot read \(path): it is a directory, a pipe or a socket, not a regular file"))
    }
  }

  private mutating func flatten(
    _ mapping: Node.Mapping, prefix: String, depth: Int, language: Language
  ) throws(ConfigurationError) {
    for (name, node) in mapping {
      let line = name.mark?.line ?? 0
      guard let name = name.scalar?.string, depth <= Self.depthMax else {
        throw Self.unexpected(prefix, path: path, line: line, language)
      }
      let key = prefix + name
      switch node {
      case .scalar(let scalar):
        // A key with nothing after it is a section whose lines are all commented out, not an empty value.
        if node.null != nil && Setting.named(key) == nil { continue }
        values[key] = Value(text: scalar.string, line: line)
      case .sequence(let sequence):
        let elements = sequence.compactMap(\.scalar?.string)
        guard elements.count == sequence.count else { throw Self.unexpected(key, path: path, line: line, language) }
        values[key] = Value(text: elements.joined(separator: ","), line: line)
      case .mapping(let inner):
        try flatten(inner, prefix: key + ".", depth: depth + 1, language: language)
      case .alias:
        throw Self.unexpected(key, path: path, line: line, language)
      }
    }
  }

  private static func unexpected(_ key: String, path: String, line: Int, _ language: Language) -> ConfigurationError {
    ConfigurationError(
      .invalidFile,
      language.say("\(path) 第 \(line) 行：\(key) 的写法不对", "\(path), line \(line): \(key) is not written as a setting"))
  }
}
