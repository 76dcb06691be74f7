internal import GuobanModel
internal import GuobanServer
internal import Synchronization

/// Methods that do what a fuzzer's script says, all on the connection's event loop.
final class ScriptedHandlers: Sendable {
  private let state = Mutex(State())

  private struct State {
    var held: [ServerCall] = []
    var streams: [ServerCall] = []
    var uploads: [ServerCall] = []
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/f/Echo", permission: .connect) { $0.reply($0.message) },
      MethodDefinition("/f/Hold", permission: .connect) { [self] call in state.withLock { $0.held.append(call) } },
      MethodDefinition("/f/Stream", serverStreaming: true, permission: .connect) { [self] call in
        state.withLock { $0.streams.append(call) }
      },
      MethodDefinition("/f/Upload", clientStreaming: true, permission: .connect) { [self] call in upload(call) },
      MethodDefinition("/f/Both", clientStreaming: true, serverStreaming: true, permission: .connect) { [self] call in
        call.onMessage { [weak call] message in _ = call?.offer(message) }
        state.withLock { $0.streams.append(call) }
      },
      // Nobody whom the fuzzer lets in may do this.
      MethodDefinition("/f/Guarded", permission: .issuePass) { $0.reply($0.message) },
      MethodDefinition("/f/Forget", permission: .connect) { _ in },
    ]
  }

  /// Calls that have not been answered.
  var runningCount: Int { state.withLock { $0.held.count + $0.streams.count + $0.uploads.count } }

  /// Calls that have not been answered and still believe that somebody waits.
  var uncancelledCount: Int { state.withLock { ($0.held + $0.streams + $0.uploads).count { !$0.isCancelled } } }

  func release() {
    for call in state.withLock({ exchange(&$0.held, with: []) }) { call.reply(call.message) }
  }

  func offer(_ bytes: Int) {
    for call in state.withLock({ $0.streams }) { _ = call.offer([UInt8](repeating: 7, count: bytes)) }
  }

  func endStreams() {
    for call in state.withLock({ exchange(&$0.streams, with: []) + exchange(&$0.uploads, with: []) }) { call.reply([]) }
  }

  /// Replies when the client has sent its last message, or when the script ends streams.
  private func upload(_ call: ServerCall) {
    state.withLock { $0.uploads.append(call) }
    call.onMessage { _ in }
    call.onEnd { [self, weak call] in
      state.withLock { state in state.uploads.removeAll { $0 === call } }
      call?.reply([1])
    }
  }

  private func exchange(_ calls: inout [ServerCall], with new: [ServerCall]) -> [ServerCall] {
    defer { calls = new }
    return calls
  }
}
