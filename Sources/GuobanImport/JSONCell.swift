internal import GuobanMessages
internal import GuobanModel
internal import GuobanSheet
internal import GuobanWire

/// Records as proto3 JSON: whole lines of a JSONL file, and what a sheet has no columns for.
enum RecordJSON {
  private static let converter: DynamicJSON? = {
    let bytes = DescriptorSet.packed
    guard let pool = try? DescriptorPool(fileDescriptorSet: bytes, bytesMax: bytes.count) else { return nil }
    return DynamicJSON(pool: pool, limits: .standard)
  }()

  static func packed(_ json: String, as type: String) throws(RuleViolation) -> [UInt8] {
    guard let converter else { throw unreadable("", "没有消息描述", "there are no descriptors") }
    do throws(DynamicJSONError) {
      return try converter.packed(json, as: type)
    } catch {
      throw unreadable(error.field, error.chinese, error.english)
    }
  }

  /// One line; empty when the bytes are no such message.
  static func text(_ bytes: [UInt8], as type: String) -> String {
    guard let text = try? converter?.text(packed: bytes, as: type) else { return "" }
    // JSON's strings hold no line breaks of their own, so those between values can go.
    return text.split(separator: "\n").map { String($0.drop { $0 == " " }) }.joined(separator: " ")
  }

  /// A JSON string.
  static func quoted(_ text: String) -> String {
    var shown = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": shown += "\\" + String(scalar)
      case "\n": shown += "\\n"
      case _ where scalar.value < 0x20: shown += " "
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown + "\""
  }

  private static func unreadable(_ field: String, _ message: String, _ english: String) -> RuleViolation {
    let place = field.isEmpty ? "" : field + "："
    return RuleViolation(
      rule: "JSON", message: place + message, englishMessage: (field.isEmpty ? "" : field + ": ") + english)
  }
}

extension ColumnMapping where Row: Message {
  /// A list of messages as JSON in one cell: what only systems fill in.
  ///
  /// - Parameter field: of the record, in its proto and its JSON name.
  static func json<Value: Message>(
    _ field: String, _ path: Path<[Value]>, heads: String..., note: String
  ) -> Self {
    return Self(heads: heads, field: field, guide: ColumnGuide(kind: "JSON", note: note)) {
      (row, cell, _) throws(RuleViolation) in
      let bytes = try RecordJSON.packed("{\"\(field)\": \(cell)}", as: Row.fullName)
      do throws(DecodeError) {
        row[keyPath: path] = try Row(packed: bytes, limits: .standard)[keyPath: path]
      } catch {
        throw RuleViolation(rule: "JSON", message: "\(error)", englishMessage: "\(error)")
      }
    } show: { row, _ in
      guard !row[keyPath: path].isEmpty else { return .empty }
      var only = Row()
      only[keyPath: path] = row[keyPath: path]
      let text = RecordJSON.text(only.packed(), as: Row.fullName)
      guard let start = text.firstIndex(of: "["), let end = text.lastIndex(of: "]") else { return .empty }
      return .text(String(text[start...end]))
    }
  }

  /// What became of a record's figure or stages, as the ledger that it comes from has it.
  static func corrections<Value: Message>(_ path: Path<[Value]>) -> Self {
    json("corrections", path, heads: "更正经过", note: "系统导出的历次更正；手工填表时空着")
  }
}
