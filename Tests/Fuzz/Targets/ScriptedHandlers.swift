internal import GuobanServer
internal import Synchronization

/// Methods that do what a fuzzer's script says, all on the connection's event loop.
final class ScriptedHandlers: Sendable {
  private let state = Mutex(State())

  private struct State {
    var held: [ServerCall] = []
    var streams: [ServerCall] = []
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/f/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/f/Hold", permission: .connect) { [self] call in state.withLock { $0.held.append(call) } },
      MethodDefinition("/f/Stream", serverStreaming: true, permission: .connect) { [self] call in
        state.withLock { $0.streams.append(call) }
      },
      // Nobody whom the fuzzer lets in may do this.
      MethodDefinition("/f/Guarded", permission: .issuePass) { $0.reply($0.message) },
      MethodDefinition("/f/Forget", permission: .connect) { _ in },
    ]
  }

  /// Calls that have not been answered.
  var runningCount: Int { state.withLock { $0.held.count + $0.streams.count } }

  /// Calls that have not been answered and still believe that somebody waits.
  var uncancelledCount: Int { state.withLock { ($0.held + $0.streams).count { !$0.isCancelled } } }

  func release() {
    for call in state.withLock({ exchange(&$0.held, with: []) }) { call.reply(call.message) }
  }

  func offer(_ bytes: Int) {
    for call in state.withLock({ $0.streams }) { _ = call.offer([UInt8](repeating: 7, count: bytes)) }
  }

  func endStreams() {
    for call in state.withLock({ exchange(&$0.streams, with: []) }) { call.reply([]) }
  }

  private func exchange(_ calls: inout [ServerCall], with new: [ServerCall]) -> [ServerCall] {
    defer { calls = new }
    return calls
  }
}
