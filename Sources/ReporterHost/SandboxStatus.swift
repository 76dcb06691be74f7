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
        let name = String(parts[0])
        if parts[1].hasPrefix("missing:") && !missingProtections.contains(name) { missingProtections.append(name) }
        if name == "landlock_scope" { missingProtections.append("landlock_newer_than_\(parts[1])") }
      }
    }
  }
}

/// How a process ended.
enum ProcessEnd: Sendable, Equatable {
  case exited(Int32)
  case signalled(Int32)
}
