internal import GuobanModel

/// A JSON value to be written. Keys keep their order.
indirect enum JSON {
  case text(String)
  case number(Int)
  case bool(Bool)
  case array([JSON])
  case object([(String, JSON)])

  var text: String {
    switch self {
    case .text(let text): jsonString(text)
    case .number(let number): String(number)
    case .bool(let bool): bool ? "true" : "false"
    case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .object(let members): "{" + members.map { jsonString($0) + ":" + $1.text }.joined(separator: ",") + "}"
    }
  }
}
