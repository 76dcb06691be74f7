internal import Foundation

/// A file, or standard output, that is written in large pieces.
struct BufferedFile {
  private static let bufferBytes = 1 << 17
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  /// - Parameter path: replaced when it is there; nil for standard output.
  init(_ path: String?) throws {
    guard let path else {
      handle = .standardOutput
      return
    }
    try Data().write(to: URL(fileURLWithPath: path))
    handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  mutating func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is left. Standard output stays open.
  mutating func close() throws {
    try flush()
    if handle !== FileHandle.standardOutput { try handle.close() }
  }

  private mutating func flush() throws {
    guard !buffer.isEmpty else { return }
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch  where handle === FileHandle.standardOutput {
      // The reader has seen enough: this program ends as by SIGPIPE.
      exit(128 + 13)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
