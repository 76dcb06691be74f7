public import GuobanMessages

/// A register's definition as operators write it, in YAML.
///
/// ```yaml
/// id: quiet_days
/// title: 企业宁静日
/// title_english: Quiet days
/// region: required            # or none
/// key: "{region}-{first_day}" # left out: whoever fills an entry gives its id
/// fields:
///   - name: first_day
///     title: 起
///     title_english: First day
///     type: date
///     required: true
/// ```
public enum RegisterFile {
  /// Bytes of one file.
  public static let bytesMax = 64 << 10
  private static let textBytesMax = 2000
  private static let fieldsMax = 64
  private static let choicesMax = 200

  /// Reads a definition. Only its form is checked here; the daemon checks what it says.
  ///
  /// - Parameter file: for messages.
  public static func register(yaml text: String, file: String) throws(RegisterFileError) -> Ledger.Register {
    guard text.utf8.count <= bytesMax else {
      throw RegisterFileError(
        file: file, path: "", rule: "文件超过 \(bytesMax) 字节", english: "longer than \(bytesMax) bytes")
    }
    var reader = try YAMLFields(file: file, text: text)
    var register = Ledger.Register(
      id: try reader.text("id", bytesMax: textBytesMax), title: try reader.text("title", bytesMax: textBytesMax),
      titleEnglish: try reader.text("title_english", bytesMax: textBytesMax),
      description: try reader.optionalText("description", bytesMax: textBytesMax) ?? "",
      region: try reader.choice("region", of: [("required", Ledger.RegisterRegion.required), ("none", .none)]),
      keyTemplate: try reader.optionalText("key", bytesMax: textBytesMax) ?? "")
    for var item in try reader.mappings("fields", countMax: fieldsMax) {
      register.fields.append(
        Ledger.RegisterField(
          name: try item.text("name", bytesMax: textBytesMax), title: try item.text("title", bytesMax: textBytesMax),
          titleEnglish: try item.text("title_english", bytesMax: textBytesMax),
          type: try item.choice("type", of: types), unit: try item.optionalText("unit", bytesMax: textBytesMax) ?? "",
          required: try item.bool("required"),
          choices: try item.texts("choices", countMax: choicesMax, bytesMax: textBytesMax),
          references: try item.optionalText("references", bytesMax: textBytesMax) ?? ""))
      try item.refuseOthers()
    }
    try reader.refuseOthers()
    return register
  }

  /// In the order in which messages list them.
  public static let types: [(String, Ledger.FieldType)] =
    Ledger.FieldType.allCases.filter { $0 != .unspecified }.map { ($0.name.lowercased(), $0) }
}

/// What is wrong with a definition file.
public struct RegisterFileError: Error, Sendable {
  public var file: String
  /// "fields[2].type"; empty for the whole file.
  public var path: String
  /// Chinese.
  public var rule: String
  public var english: String

  /// Names the file, the place in it, and what is wrong.
  public init(file: String, path: String, rule: String, english: String) {
    self.file = file
    self.path = path
    self.rule = rule
    self.english = english
  }
}
