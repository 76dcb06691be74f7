internal import GuobanModel
internal import Logging

/// One event of the log as one line: for people, or JSON for programs.
struct LogLine {
  /// How lines look.
  enum Format: String, Sendable { case text, json }

  /// Milliseconds since 1970.
  var time: Int64
  var level: Logger.Level
  var label: String
  var message: String
  /// In the order of the keys.
  var metadata: [(key: String, value: String)]

  /// Longer messages and values are cut: a log line is not a place for documents.
  static let textBytesMax = 8 << 10

  /// The line, with its end.
  func text(_ format: Format) -> String {
    switch format {
    case .text: plain + "\n"
    case .json: json + "\n"
    }
  }

  private var plain: String {
    var line = "\(timestamp) \(level.rawValue.uppercased()) \(label): \(Self.shown(message))"
    for (key, value) in metadata { line += " \(Self.shown(key))=\(Self.value(value))" }
    return line
  }

  private var json: String {
    var line = "{\"time\":\(Self.quoted(timestamp)),\"level\":\(Self.quoted(level.rawValue))"
    line += ",\"logger\":\(Self.quoted(label)),\"message\":\(Self.quoted(message))"
    if !metadata.isEmpty {
      let pairs = metadata.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      line += ",\"metadata\":{\(pairs.joined(separator: ","))}"
    }
    return line + "}"
  }

  /// "2023-11-21T01:42:33.120Z".
  private var timestamp: String {
    let (seconds, milliseconds) = (time / 1000, time % 1000)
    guard let clock = try? CivilDateTime(epochSeconds: seconds, in: .utc) else { return "\(time)" }
    return "\(clock).\(zeroPadded(milliseconds, 3))Z"
  }

  private static func value(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" }
    return isPlain ? shown(text) : "\"\(shown(text).replacing("\"", with: "'"))\""
  }

  /// Control characters would break the line, or the terminal; direction marks would make it read as another one.
  private static func shown(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in cut(text).unicodeScalars {
      line.append(isControl(scalar) ? "�" : scalar)
    }
    return String(line)
  }

  private static func quoted(_ text: String) -> String { jsonString(cut(text)) }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func cut(_ text: String) -> String {
    text.utf8.count <= textBytesMax ? text : String(text.prefix(textBytesMax / 4)) + "…"
  }
}
