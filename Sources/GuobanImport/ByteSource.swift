internal import Glibc
public import GuobanModel

/// Bytes that come a piece at a time.
public protocol ByteSource {
  /// The next piece; empty at the end.
  mutating func next() throws(RuleViolation) -> [UInt8]
}

/// Bytes that are in memory already.
public struct ArrayBytes: ByteSource {
  private var rest: ArraySlice<UInt8>
  private let pieceBytesMax: Int

  /// - Parameter pieceBytesMax: tests make it small.
  public init(_ bytes: [UInt8], pieceBytesMax: Int = FileBytes.pieceBytesMax) {
    rest = bytes[...]
    self.pieceBytesMax = pieceBytesMax
  }

  public mutating func next() -> [UInt8] {
    let piece = rest.prefix(pieceBytesMax)
    rest = rest.dropFirst(pieceBytesMax)
    return Array(piece)
  }
}

/// A regular file, or a link to one. Opening a pipe would wait for a writer for ever.
public final class FileBytes: ByteSource {
  /// What is read at once.
  public static let pieceBytesMax = 1 << 16
  private let descriptor: Int32

  public init(path: String) throws(RuleViolation) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw RuleViolation(
        rule: "FILE_KIND", message: "它不是文件（是目录、管道或设备），读不了",
        englishMessage: "it is not a file but a directory, pipe or device")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  public func next() throws(RuleViolation) -> [UInt8] {
    var failure: Int32 = 0
    // Safety: read(2) writes at most the capacity, and says how many bytes it wrote.
    let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytesMax) { buffer, count in
      var result = read(descriptor, buffer.baseAddress, buffer.count)
      while result < 0, errno == EINTR { result = read(descriptor, buffer.baseAddress, buffer.count) }
      if result < 0 { failure = errno }
      count = max(0, result)
    }
    if failure != 0 { throw Self.unreadable(failure) }
    return piece
  }

  private static func unreadable(_ code: Int32) -> RuleViolation {
    let reason = String(cString: strerror(code))
    return RuleViolation(
      rule: "FILE_UNREADABLE", message: "文件读不了：\(reason)", englishMessage: "the file cannot be read: \(reason)")
  }
}
