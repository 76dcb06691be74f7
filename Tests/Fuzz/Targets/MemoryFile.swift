internal import Glibc

/// A file in memory with a path, for readers that open what they read.
struct MemoryFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  init(_ bytes: [UInt8]) throws(BrokenRule) {
    var name = Array("/dev/shm/guoban-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let written = descriptor < 0 ? -1 : write(descriptor, bytes, bytes.count)
    try require(written == bytes.count, "no file in memory could be made: \(String(cString: strerror(errno)))")
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(path)
  }
}
