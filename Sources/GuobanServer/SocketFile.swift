internal import Glibc

/// The file of a Unix socket.
enum SocketFile {
  /// Removes the file if it is a socket.
  static func remove(_ path: String) {
    var about = stat()
    guard lstat(path, &about) == 0, about.st_mode & S_IFMT == S_IFSOCK else { return }
    unlink(path)
  }
}
