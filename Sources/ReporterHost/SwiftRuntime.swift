internal import Glibc

/// Where this process got the Swift runtime from: a reporter module needs the same libraries.
public enum SwiftRuntime {
  /// The folder of libswiftCore; empty when the runtime is linked statically.
  public static func libraryFolders() -> [String] {
    guard let maps = fopen("/proc/self/maps", "r") else { return [] }
    defer { fclose(maps) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, maps) > 0 {
      // Safety: getline has just filled `line` with a NUL-terminated text that lives until the next call.
      guard let text = line.map({ String(cString: $0) }), let start = text.firstIndex(of: "/") else { continue }
      let path = text[start...].prefix { $0 != "\n" }
      if path.hasSuffix("/libswiftCore.so"), let slash = path.lastIndex(of: "/") { return [String(path[..<slash])] }
    }
    return []
  }
}
