import Foundation
import Glibc

/// In measured runs the server has processors of its own, as it has where its clients are other machines: on a shared one
/// a client's turn would be the server's pause, whatever its priority.
enum Processors {
  /// The last one is the clients'.
  private static let last = ProcessInfo.processInfo.processorCount - 1

  /// How many the server has.
  static let ofServer = max(1, last)

  /// All threads of this process, and those that they start, leave the last processor to the clients.
  static func leaveLast() throws {
    try bind(["--all-tasks", "--pid", "--cpu-list", "0-\(last - 1)", "\(getpid())"])
  }

  /// The calling thread runs on the last processor.
  static func takeLast() throws {
    // "PID/task/TID"
    let thread = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
    try bind(["--pid", "--cpu-list", "\(last)", String(thread.split(separator: "/").last ?? "")])
  }

  private static func bind(_ arguments: [String]) throws {
    guard last > 0 else { return }
    let taskset = Process()
    taskset.executableURL = URL(filePath: "/usr/bin/taskset")
    taskset.arguments = arguments
    taskset.standardOutput = FileHandle.nullDevice
    try taskset.run()
    taskset.waitUntilExit()
    guard taskset.terminationStatus == 0 else { throw BadSocket.Failure("taskset \(arguments) failed") }
  }
}
