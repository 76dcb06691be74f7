/// How a setting of each kind is read and printed.
extension Setting {
  typealias Field<Value> = any WritableKeyPath<DaemonConfiguration, Value> & Sendable

  static func text(_ key: String, _ field: Field<String>, _ chinese: String, _ english: String) -> Setting {
    Setting(key, .text, field, chinese, english, parse: Self.printable, print: { $0 })
  }

  static func path(_ key: String, _ field: Field<String>, _ chinese: String, _ english: String) -> Setting {
    Setting(key, .path, field, chinese, english, parse: Self.printable, print: { $0 })
  }

  static func flag(_ key: String, _ field: Field<Bool>, _ chinese: String, _ english: String) -> Setting {
    Setting(key, .flag, field, chinese, english, parse: { Bool($0) }, print: { String($0) })
  }

  static func integer(
    _ key: String, _ field: Field<Int>, _ range: ClosedRange<Int>, _ chinese: String, _ english: String
  ) -> Setting {
    Setting(
      key, .integer(range), field, chinese, english,
      parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }, print: { String($0) })
  }

  static func bytes(
    _ key: String, _ field: Field<Int>, _ range: ClosedRange<Int>, _ chinese: String, _ english: String
  ) -> Setting {
    Setting(
      key, .bytes(range), field, chinese, english,
      parse: { ByteCount.parse($0).flatMap { range.contains($0) ? $0 : nil } }, print: { ByteCount.text($0) })
  }

  static func duration(
    _ key: String, _ field: Field<Duration>, _ range: ClosedRange<Duration>, _ chinese: String, _ english: String
  ) -> Setting {
    Setting(
      key, .duration(range), field, chinese, english,
      parse: { Duration(settingText: $0).flatMap { range.contains($0) ? $0 : nil } }, print: { $0.settingText })
  }

  static func choice(
    _ key: String, _ field: Field<String>, _ choices: [String], _ chinese: String, _ english: String
  ) -> Setting {
    Setting(
      key, .choice(choices), field, chinese, english,
      parse: { choices.contains($0) ? $0 : nil }, print: { $0 })
  }

  /// Elements are separated by commas, which therefore cannot stand inside one.
  static func list(
    _ key: String, _ field: Field<[String]>, elementsMax: Int, _ chinese: String, _ english: String
  ) -> Setting {
    Setting(
      key, .list(elementsMax: elementsMax), field, chinese, english,
      parse: { text in
        let elements = text.split(separator: ",").map { $0.trimming(while: { $0 == " " }) }
        guard elements.count <= elementsMax, elements.allSatisfy({ Self.printable($0) != nil }) else { return nil }
        return elements
      },
      print: { $0.joined(separator: ",") })
  }

  private init<Value>(
    _ key: String, _ kind: SettingKind, _ field: Field<Value>, _ chinese: String, _ english: String,
    parse: @escaping @Sendable (String) -> Value?, print: @escaping @Sendable (Value) -> String
  ) {
    self.key = key
    self.kind = kind
    self.chinese = chinese
    self.english = english
    read = { print($0[keyPath: field]) }
    write = { text, configuration in
      guard let value = parse(text) else { return false }
      configuration[keyPath: field] = value
      return true
    }
  }

  /// Text without control characters, so that a value is always one line of a file, a log or a path.
  private static func printable(_ text: String) -> String? {
    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
  }
}

extension Substring {
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> String {
    var rest = drop(while: isTrimmed)
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return String(rest)
  }
}
