internal import GuobanModel

/// Writes JSON for people: two spaces a level, names in the order given, Chinese as it is.
struct DynamicJSONWriter {
  private(set) var text = ""

  mutating func write(_ value: DynamicJSONValue, indent: String = "") {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .double(let value): text += "\(value)"
    case .string(let value): text += jsonString(value)
    case .array(let elements):
      write(elements, "[", "]", indent) { writer, element, inner in writer.write(element, indent: inner) }
    case .object(let members):
      write(members, "{", "}", indent) { writer, member, inner in
        writer.text += jsonString(member.name)
        writer.text += ": "
        writer.write(member.value, indent: inner)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, _ indent: String,
    _ each: (inout Self, Element, String) -> Void
  ) {
    let inner = indent + "  "
    text += open
    for (index, element) in elements.enumerated() {
      text += index == 0 ? "\n\(inner)" : ",\n\(inner)"
      each(&self, element, inner)
    }
    text += elements.isEmpty ? close : "\n\(indent)\(close)"
  }
}
