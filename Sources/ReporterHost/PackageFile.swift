internal import Glibc

/// One file of a reporter's folder.
struct PackageFile: Sendable {
  /// Relative, with "/".
  let name: String
  let bytes: [UInt8]

  static let depthMax = 8

  /// All regular files below a folder, sorted by the bytes of their names. A link or device is refused: it could point
  /// anywhere, later somewhere else.
  static func all(in folder: String, configuration: ReporterHostConfiguration) throws(ReporterError) -> [PackageFile] {
    var files: [PackageFile] = []
    var bytesLeft = configuration.packageBytesMax
    var pending = [("", 0)]
    while let (prefix, depth) = pending.popLast() {
      for entry in try names(in: folder + "/" + prefix) {
        let name = prefix + entry
        let path = folder + "/" + name
        var about = stat()
        guard lstat(path, &about) == 0 else { throw unreadable(path) }
        switch about.st_mode & S_IFMT {
        case S_IFDIR:
          guard depth < depthMax else {
            throw ReporterError(
              .tooLarge, "\(path)：文件夹嵌套超过 \(depthMax) 层", "\(path): folders are nested more than \(depthMax) deep")
          }
          pending.append((name + "/", depth + 1))
        case S_IFREG:
          guard files.count < configuration.packageFilesMax else {
            throw ReporterError(
              .tooLarge, "\(folder)：超过 \(configuration.packageFilesMax) 个文件",
              "\(folder): more than \(configuration.packageFilesMax) files")
          }
          let bytes = try read(path, bytesMax: bytesLeft)
          bytesLeft -= bytes.count
          files.append(PackageFile(name: name, bytes: bytes))
        default:
          throw ReporterError(
            .unreadable, "\(path)：只能是普通文件或文件夹，不能是链接或设备", "\(path): must be a regular file or folder, no link or device")
        }
      }
    }
    return files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The names in a folder, without "." and "..", in the order of their bytes.
  static func names(in folder: String) throws(ReporterError) -> [String] {
    guard let stream = opendir(folder) else { throw unreadable(folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      // Safety: d_name is NUL-terminated within the entry, which lives until the next readdir on this stream.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(validatingCString: $0)
        }
      }
      guard let name else {
        throw ReporterError(.unreadable, "\(folder)：有文件名不是 UTF-8", "\(folder): the name of a file is not UTF-8")
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A regular file's bytes.
  static func read(_ path: String, bytesMax: Int) throws(ReporterError) -> [UInt8] {
    let fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard fd >= 0 else { throw unreadable(path) }
    defer { close(fd) }
    var about = stat()
    guard fstat(fd, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { throw unreadable(path) }
    guard about.st_size <= bytesMax else {
      throw ReporterError(
        .tooLarge, "\(path)：太大，还剩 \(bytesMax) 字节可用", "\(path): too large, there is room for \(bytesMax) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: Int(about.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.count - filled
      let got = bytes.withUnsafeMutableBytes { Glibc.read(fd, $0.baseAddress?.advanced(by: filled), count) }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw ReporterError(.unreadable, "\(path)：正在被改动，请稍后再试", "\(path): is being changed; try again later")
      }
      filled += got
    }
    return bytes
  }

  private static func unreadable(_ path: String) -> ReporterError {
    ReporterError(
      .unreadable, "\(path)：读不了（\(String(cString: strerror(errno)))）",
      "\(path): cannot be read (\(String(cString: strerror(errno))))")
  }
}
