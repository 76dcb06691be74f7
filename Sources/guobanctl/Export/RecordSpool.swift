internal import Foundation

/// Packed records in a temporary file, to be gone through twice.
final class RecordSpool {
  private let path: String
  private var file: BufferedFile
  private(set) var count = 0

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/guobanctl-export-\(UUID().uuidString)"
    file = try BufferedFile(path)
    // Records may hold what others must not read.
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func append(_ packed: [UInt8]) throws {
    count += 1
    let length = UInt32(packed.count)
    try file.write([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + packed)
  }

  /// Calls `body` with every record. Nothing can be appended afterwards.
  func replay(_ body: ([UInt8]) throws -> Void) throws {
    try file.close()
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    for _ in 0..<count {
      guard let head = try handle.read(upToCount: 4), head.count == 4 else { throw CocoaError(.fileReadCorruptFile) }
      let length = head.reduce(0) { $0 << 8 | Int($1) }
      try body(length == 0 ? [] : Array(try handle.read(upToCount: length) ?? Data()))
    }
  }
}
