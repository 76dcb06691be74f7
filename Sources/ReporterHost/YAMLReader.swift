internal import Yams

/// Reads a YAML mapping key by key. Every complaint names the file, the key and the rule; a key nobody asked for is one.
struct YAMLReader {
  let file: String
  /// "" or "parameters[2]."
  let path: String
  private let mapping: Node.Mapping
  private var known: Set<String> = []

  init(file: String, text: String) throws(ReporterError) {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw ReporterError(.manifest, "\(file)：不是合法的 YAML：\(error)", "\(file): not valid YAML: \(error)")
    }
    try self.init(file: file, path: "", node: node)
  }

  private init(file: String, path: String, node: Node?) throws(ReporterError) {
    guard case .mapping(let mapping)? = node else {
      throw ReporterError(
        .manifest, "\(file)：\(path.isEmpty ? "整个文件" : path) 必须是“键：值”的形式",
        "\(file): \(path.isEmpty ? "the whole file" : path) must have the form “key: value”")
    }
    self.file = file
    self.path = path
    self.mapping = mapping
  }

  func problem(_ key: String, _ rule: String, _ englishRule: String) -> ReporterError {
    ReporterError(.manifest, "\(file)：\(path)\(key)：\(rule)", "\(file): \(path)\(key): \(englishRule)")
  }

  mutating func optionalText(_ key: String, bytesMax: Int) throws(ReporterError) -> String? {
    guard let node = take(key) else { return nil }
    guard case .scalar(let scalar) = node else { throw problem(key, "必须是文字", "must be a text") }
    guard scalar.string.utf8.count <= bytesMax else {
      throw problem(key, "最长 \(bytesMax) 字节", "at most \(bytesMax) bytes")
    }
    return scalar.string
  }

  mutating func text(_ key: String, bytesMax: Int) throws(ReporterError) -> String {
    guard let text = try optionalText(key, bytesMax: bytesMax), !text.isEmpty else {
      throw problem(key, "必须填写", "is required")
    }
    return text
  }

  mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(ReporterError) -> Int? {
    guard let text = try optionalText(key, bytesMax: 32) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw problem(
        key, "必须是 \(range.lowerBound)…\(range.upperBound) 之间的整数，现在是 \(text)",
        "must be an integer from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return value
  }

  mutating func bool(_ key: String) throws(ReporterError) -> Bool {
    switch try optionalText(key, bytesMax: 8) {
    case nil, "false": return false
    case "true": return true
    case let other?: throw problem(key, "必须是 true 或 false，现在是 \(other)", "must be true or false, not \(other)")
    }
  }

  mutating func texts(_ key: String, countMax: Int, bytesMax: Int) throws(ReporterError) -> [String] {
    var texts: [String] = []
    for (index, node) in try list(key, countMax: countMax).enumerated() {
      guard case .scalar(let scalar) = node, !scalar.string.isEmpty, scalar.string.utf8.count <= bytesMax else {
        throw problem("\(key)[\(index)]", "必须是 1…\(bytesMax) 字节的文字", "must be a text of 1 to \(bytesMax) bytes")
      }
      texts.append(scalar.string)
    }
    return texts
  }

  mutating func readers(_ key: String, countMax: Int) throws(ReporterError) -> [YAMLReader] {
    var readers: [YAMLReader] = []
    for (index, node) in try list(key, countMax: countMax).enumerated() {
      readers.append(try YAMLReader(file: file, path: "\(path)\(key)[\(index)].", node: node))
    }
    return readers
  }

  mutating func optionalReader(_ key: String) throws(ReporterError) -> YAMLReader? {
    guard let node = take(key) else { return nil }
    return try YAMLReader(file: file, path: "\(path)\(key).", node: node)
  }

  /// To be called last: what has not been asked for is a mistake, most often of spelling.
  func refuseOthers() throws(ReporterError) {
    for key in mapping.keys {
      guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
        let known = known.sorted().joined(separator: ", ")
        throw problem(key.string ?? "?", "不认识这个键，可用的是 \(known)", "there is no such key; there are \(known)")
      }
    }
  }

  private mutating func list(_ key: String, countMax: Int) throws(ReporterError) -> [Node] {
    guard let node = take(key) else { return [] }
    guard case .sequence(let sequence) = node else { throw problem(key, "必须是列表", "must be a list") }
    guard sequence.count <= countMax else { throw problem(key, "最多 \(countMax) 项", "at most \(countMax) elements") }
    return Array(sequence)
  }

  private mutating func take(_ key: String) -> Node? {
    known.insert(key)
    return mapping[key]
  }
}
