internal import Glibc

/// A file in memory with a path, for readers that open what they read.
struct MemoryFile: ~Copyable {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) throws(BrokenRule) {
    descriptor = memfd_create("guoban-fuzz", UInt32(MFD_CLOEXEC))
    let written = descriptor < 0 ? -1 : write(descriptor, bytes, bytes.count)
    try require(written == bytes.count, "no file in memory could be made: \(String(cString: strerror(errno)))")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var path: String { "/proc/self/fd/\(descriptor)" }
}
