import Foundation
import Glibc
import GuobanServer
import GuobanWire
import NIOCore
import Testing

/// Each bad client against a server of its own, while a good client is served.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BadClientTests {
  @Test(arguments: BadClient.all.filter { Run.named.isEmpty || $0.name.contains(Run.named) })
  func getsAClearAnswerWhileTheOthersAreServed(client: BadClient) async throws {
    if Run.isMeasured {
      Backtraces.stop()
      try await onThread { try Processors.leaveLast() }
    }
    let behind = try await StageServer(client.limits, effort: Run.effort)
    let stage = behind.stage
    let figures = try await onThread { try Run(client, on: stage).figures() }
    if Run.isMeasured {
      print(figures.line)
      #expect(figures.ratio <= 2, "a good client's p99 at most doubles: \(figures.line)")
    }
    // A loaded machine is slow for everybody. Being served at all within this is what a quick run can see.
    #expect(figures.p99During < 5000, "\(figures.line)")
    await behind.server.drain(timeout: .zero)
    try await onThread { try stage.wait(for: "every handler ends") { $0.running == 0 } }
  }
}

/// The test library takes a backtrace of every error thrown in its process: some 30 µs for each, where the server throws one
/// at the end of each connection, that a daemon does not spend.
private enum Backtraces {
  static func stop() {
    for hook in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
      guard let symbol = dlsym(nil, hook) else { continue }
      // Safety: both are pointers to functions in Swift's runtime, which takes none for nobody who listens.
      symbol.assumingMemoryBound(to: UInt.self).pointee = 0
    }
  }
}

/// Does blocking work on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
