/// How a file of records is written.
public enum FileFormat: String, Sendable, CaseIterable {
  case csv
  case jsonl
  case xlsx
  /// A year of holidays.
  case json

  /// By the end of a name.
  public init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "csv", "txt": self = .csv
    case "jsonl", "ndjson": self = .jsonl
    case "xlsx", "xlsm": self = .xlsx
    case "json": self = .json
    default: return nil
    }
  }

  /// Those that every record is written in.
  public static let written: [FileFormat] = [.csv, .jsonl, .xlsx]
}

/// A file on disk that is to be read.
public struct ImportSource: Sendable {
  public var path: String
  /// What messages call it.
  public var name: String
  public var format: FileFormat

  public init(path: String, name: String, format: FileFormat) {
    self.path = path
    self.name = name
    self.format = format
  }
}
