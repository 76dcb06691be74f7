internal import Glibc

/// A private folder that holds one run's files: the bytes that were checked, out of reach of whoever edits the plugin
/// folder meanwhile.
struct RunFolder {
  let path: String
  private let files: [String]
  private let folders: [String]

  /// Makes a folder of mode 0700 in `parent` and writes the package's files into it.
  init(_ package: ReporterPackage, in parent: String) throws(Breakage) {
    mkdir(parent, 0o700)
    var template = Array("\(parent)/run-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Self.failed(parent) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let names = package.files.map(\.name)
    files = names.map { [path] in "\(path)/\($0)" }
    var seen: Set<String> = []
    for name in names {
      let parts = name.split(separator: "/").dropLast()
      for depth in parts.indices { seen.insert(parts[...depth].joined(separator: "/")) }
    }
    // Shorter names first: a folder before those inside it.
    folders = seen.sorted { $0.utf8.count < $1.utf8.count }.map { [path] in "\(path)/\($0)" }
    do throws(Breakage) {
      for folder in folders {
        guard mkdir(folder, 0o700) == 0 else { throw Self.failed(folder) }
      }
      for (file, target) in zip(package.files, files) { try Self.write(file.bytes, to: target) }
    } catch {
      remove()
      throw error
    }
  }

  /// Removes what was written.
  func remove() {
    for file in files { unlink(file) }
    for folder in folders.reversed() { rmdir(folder) }
    rmdir(path)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(Breakage) {
    let fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o500)
    guard fd >= 0 else { throw failed(path) }
    defer { close(fd) }
    var sent = 0
    while sent < bytes.count {
      let count = bytes.count - sent
      // Safety: write(2) reads `count` bytes from `sent`, which end where the array does.
      let written = bytes.withUnsafeBytes { Glibc.write(fd, $0.baseAddress?.advanced(by: sent), count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failed(path) }
      sent += written
    }
  }

  private static func failed(_ path: String) -> Breakage {
    Breakage(
      .sandboxFailed, "\(path)：写不了（\(String(cString: strerror(errno)))）",
      "\(path): cannot be written (\(String(cString: strerror(errno))))")
  }
}
