/// What the sandbox told about itself, and how its process ended.
struct SandboxStatus: Sendable {
  /// The reporter's own code was reached.
  var isRunning = false
  /// Protections that this kernel does not give: "landlock".
  var missingProtections: [String] = []

  static let bytesMax = 16 << 10

  /// Reads the lines of guoban_sandbox.h.
  init(lines: [UInt8]) {
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") {
      for field in line.split(separator: " ") {
        let parts = field.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { continue }
        if parts[0] == "stage" && parts[1] == "running" { isRunning = true }
        if parts[1].hasPrefix("missing:") { add(String(parts[0])) }
        // An older Landlock confines files, and later TCP, but not signals and abstract sockets.
        if parts[0] == "landlock_scope" { add("landlock_beyond_\(parts[1])") }
      }
    }
  }

  private mutating func add(_ name: String) {
    if !missingProtections.contains(name) { missingProtections.append(name) }
  }
}

/// How a process ended.
enum ProcessEnd: Sendable, Equatable {
  case exited(Int32)
  case signalled(Int32)
}
