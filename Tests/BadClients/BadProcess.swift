import Foundation
import Glibc
import Testing

/// A bad client in a process of its own, which runs only while no other wants to.
///
/// Bad clients sit on other machines: they neither take the server's processors nor hold its locks, those on a process's
/// memory among them. The two talk in lines: the server's side says what to do, the client's asks what is behind the stage.
final class BadProcess {
  private let stage: Stage
  private let process = Process()
  private let toChild = Pipe()
  private let fromChild = Pipe()
  private var unread = ""

  /// Set in the child: where the server is.
  static let portOfChild = Int(ProcessInfo.processInfo.environment["GUOBAN_BAD_CLIENT_PORT"] ?? "")

  init(_ client: BadClient, on stage: Stage) throws {
    self.stage = stage
    var environment = ProcessInfo.processInfo.environment
    environment["GUOBAN_BAD_CLIENT"] = client.name
    environment["GUOBAN_BAD_CLIENT_PORT"] = "\(stage.port)"
    process.environment = environment
    process.executableURL = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = ["--testing-library", "swift-testing", "--filter", "BadProcessTests"]
    process.standardInput = toChild
    process.standardOutput = fromChild
    // The test library of the child tells its own story there.
    process.standardError = FileHandle.nullDevice
    try process.run()
    guard try line() == Self.ready else { throw BadSocket.Failure("the bad client did not start") }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// Has it done in the child; gives how often.
  func take(_ kind: Trouble.Kind) throws -> Int {
    try say(kind.rawValue)
    while let line = try line() {
      switch line {
      case Self.look: try say(String(decoding: JSONEncoder().encode(stage.backstage.seen), as: UTF8.self))
      case Self.drain: try stage.backstage.drain()
      default:
        guard let turns = Int(line) else { throw BadSocket.Failure(line) }
        return turns
      }
    }
    throw BadSocket.Failure("the bad client's process ended")
  }

  private func say(_ line: String) throws {
    try toChild.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
  }

  /// The next line that is for this side: the test library of the child prints as well.
  private func line() throws -> String? {
    while true {
      while let end = unread.firstIndex(of: "\n") {
        let line = String(unread[..<end])
        unread = String(unread[unread.index(after: end)...])
        if line.hasPrefix(Self.mark) { return String(line.dropFirst(Self.mark.count)) }
      }
      var ready = pollfd(fd: fromChild.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, Self.patienceMilliseconds) > 0 else {
        throw BadSocket.Failure("the bad client says nothing")
      }
      let bytes = fromChild.fileHandleForReading.availableData
      if bytes.isEmpty { return nil }
      unread += String(decoding: bytes, as: UTF8.self)
    }
  }

  /// On a busy machine it may be long before an idle process runs.
  private static let patienceMilliseconds: Int32 = 120_000

  fileprivate static let mark = "bad: "
  fileprivate static let ready = "ready"
  fileprivate static let look = "look"
  fileprivate static let drain = "drain"
}

/// The child's side.
private struct FarBackstage: Backstage {
  var seen: Seen {
    get throws {
      Self.say(BadProcess.look)
      guard let line = readLine() else { throw BadSocket.Failure("nobody behind the stage") }
      return try JSONDecoder().decode(Seen.self, from: Data(line.utf8))
    }
  }

  func drain() { Self.say(BadProcess.drain) }

  static func say(_ line: String) {
    print(BadProcess.mark + line)
    fflush(nil)
  }
}

/// Not a test: what ``BadProcess`` runs.
@Suite(.enabled(if: BadProcess.portOfChild != nil)) struct BadProcessTests {
  @Test func misbehavesAsItIsTold() async throws {
    let port = try #require(BadProcess.portOfChild)
    let client = try #require(BadClient.all.first { $0.name == Run.named })
    try await onThread {
      // 0 is the calling thread on Linux. A low priority would not do: who has begun a time slice of 3 ms may keep it.
      var parameters = sched_param()
      guard sched_setscheduler(0, Self.idle, &parameters) == 0 else { throw BadSocket.Failure("no idle scheduling") }
      try Processors.takeLast()
      let trouble = Trouble(client, on: Stage(port: port, effort: Run.effort, backstage: FarBackstage()))
      FarBackstage.say(BadProcess.ready)
      while let line = readLine(), let kind = Trouble.Kind(rawValue: line) {
        do {
          FarBackstage.say("\(try trouble.take(kind))")
        } catch {
          FarBackstage.say("\(error)")
        }
      }
    }
  }

  /// SCHED_IDLE of <sched.h>, which Swift does not see.
  private static let idle: Int32 = 5
}
