internal import Yams

/// Reads a YAML mapping key by key; a key that nobody asked for is most often a slip of the pen, and refused.
struct YAMLFields {
  let file: String
  /// "" or "fields[2].".
  let path: String
  private let mapping: Node.Mapping
  private var known: Set<String> = []

  init(file: String, text: String) throws(RegisterFileError) {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch {
      throw RegisterFileError(
        file: file, path: "", rule: "不是合法的 YAML：\(error)", english: "is not YAML: \(error)")
    }
    try self.init(file: file, path: "", node: node)
  }

  private init(file: String, path: String, node: Node?) throws(RegisterFileError) {
    guard case .mapping(let mapping)? = node else {
      throw RegisterFileError(
        file: file, path: path, rule: "必须是“键: 值”的形式", english: "must be a mapping of keys to values")
    }
    self.file = file
    self.path = path
    self.mapping = mapping
  }

  mutating func optionalText(_ key: String, bytesMax: Int) throws(RegisterFileError) -> String? {
    guard let node = take(key) else { return nil }
    guard case .scalar(let scalar) = node, scalar.string.utf8.count <= bytesMax else {
      throw problem(key, "必须是不超过 \(bytesMax) 字节的文字", "must be text of at most \(bytesMax) bytes")
    }
    return scalar.string
  }

  mutating func text(_ key: String, bytesMax: Int) throws(RegisterFileError) -> String {
    guard let text = try optionalText(key, bytesMax: bytesMax), !text.isEmpty else {
      throw problem(key, "必须填写", "is required")
    }
    return text
  }

  mutating func bool(_ key: String) throws(RegisterFileError) -> Bool {
    switch try optionalText(key, bytesMax: 8) {
    case nil, "false": return false
    case "true": return true
    default: throw problem(key, "必须是 true 或 false", "must be true or false")
    }
  }

  /// One of a few words.
  mutating func choice<Value>(_ key: String, of words: [(String, Value)]) throws(RegisterFileError) -> Value {
    let word = try text(key, bytesMax: 32)
    guard let value = words.first(where: { $0.0 == word })?.1 else {
      let list = words.map(\.0)
      throw problem(
        key, "“\(word)”不在可选项内：\(list.joined(separator: "、"))", "\(word) is none of \(list.joined(separator: ", "))")
    }
    return value
  }

  mutating func texts(_ key: String, countMax: Int, bytesMax: Int) throws(RegisterFileError) -> [String] {
    var texts: [String] = []
    for (index, node) in try list(key, countMax: countMax).enumerated() {
      guard case .scalar(let scalar) = node, scalar.string.utf8.count <= bytesMax else {
        throw problem("\(key)[\(index)]", "必须是不超过 \(bytesMax) 字节的文字", "must be text of at most \(bytesMax) bytes")
      }
      texts.append(scalar.string)
    }
    return texts
  }

  mutating func mappings(_ key: String, countMax: Int) throws(RegisterFileError) -> [YAMLFields] {
    var mappings: [YAMLFields] = []
    for (index, node) in try list(key, countMax: countMax).enumerated() {
      mappings.append(try YAMLFields(file: file, path: "\(path)\(key)[\(index)].", node: node))
    }
    return mappings
  }

  /// To be called last.
  func refuseOthers() throws(RegisterFileError) {
    for key in mapping.keys {
      guard case .scalar(let scalar) = key, known.contains(scalar.string) else {
        let list = known.sorted()
        throw problem(
          key.string ?? "?", "不认识这个键，可用的是 \(list.joined(separator: "、"))",
          "is no key here; there are \(list.joined(separator: ", "))")
      }
    }
  }

  private mutating func list(_ key: String, countMax: Int) throws(RegisterFileError) -> [Node] {
    guard let node = take(key) else { return [] }
    guard case .sequence(let sequence) = node, sequence.count <= countMax else {
      throw problem(key, "必须是不超过 \(countMax) 项的列表", "must be a list of at most \(countMax)")
    }
    return Array(sequence)
  }

  private mutating func take(_ key: String) -> Node? {
    known.insert(key)
    return mapping[key]
  }

  private func problem(_ key: String, _ rule: String, _ english: String) -> RegisterFileError {
    RegisterFileError(file: file, path: path + key, rule: rule, english: english)
  }
}
