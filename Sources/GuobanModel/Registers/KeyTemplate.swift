/// What an entry's id is made of: `{region}-{month}` gives `430500-2022-11`.
public struct KeyTemplate: Hashable, Sendable {
  private enum Piece: Hashable, Sendable {
    case literal(String)
    case field(String)
  }

  private let pieces: [Piece]

  /// Fields that one template may name.
  public static let fieldsMax = 8

  /// - Throws: `KEY_TEMPLATE` for braces that do not pair, for no field at all, for two fields with nothing between them
  ///   (1 and 23 would make the id of 12 and 3), and for what a ``RecordID`` cannot hold.
  public init(_ text: String) throws(RuleViolation) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "{" {
        guard let close = rest.firstIndex(of: "}") else { throw Self.malformed(text) }
        let name = String(rest[rest.index(after: rest.startIndex)..<close])
        guard (try? RegisterName(name)) != nil else { throw Self.malformed(text) }
        if case .field = pieces.last { throw Self.malformed(text) }
        pieces.append(.field(name))
        rest = rest[rest.index(after: close)...]
      } else {
        let literal = String(rest.prefix { $0 != "{" })
        guard (try? RecordID(literal)) != nil else { throw Self.malformed(text) }
        pieces.append(.literal(literal))
        rest = rest.dropFirst(literal.count)
      }
    }
    self.pieces = pieces
    guard (1...Self.fieldsMax).contains(fields.count) else { throw Self.malformed(text) }
  }

  /// The fields that it names, `region` among them.
  public var fields: [String] {
    pieces.compactMap { if case .field(let name) = $0 { name } else { nil } }
  }

  /// The id; nil when a field has no value.
  public func id(_ value: (String) -> String?) -> String? {
    var id = ""
    for piece in pieces {
      switch piece {
      case .literal(let text): id += text
      case .field(let name):
        guard let text = value(name), !text.isEmpty else { return nil }
        id += text
      }
    }
    return id
  }

  private static func malformed(_ text: String) -> RuleViolation {
    let shown = RuleViolation.quoted(text)
    return RuleViolation(
      rule: "KEY_TEMPLATE",
      message: "编号模板 \(shown) 应写作 {字段}-{字段}，含 1 到 \(fieldsMax) 个字段，字段之间必须隔开，只能用汉字、字母、数字和 - _ . ~",
      englishMessage:
        "key template \(shown) needs 1…\(fieldsMax) fields in braces, with some letters, digits or - _ . ~ between them"
    )
  }
}
