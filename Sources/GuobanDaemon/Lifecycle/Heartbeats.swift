internal import Synchronization

/// One round of beats that the watchdog asked for: who has answered. Safe from any thread.
final class Heartbeats: Sendable {
  private let state: Mutex<State>

  private struct State {
    var eventLoopsDue: Int
    var writer = Writer.due
  }

  private enum Writer { case due, beat, busy, failed }

  init() {
    state = Mutex(State(eventLoopsDue: 0))
  }

  /// So many event loops were asked; some may have answered already.
  func expect(eventLoops: Int) { state.withLock { $0.eventLoopsDue += eventLoops } }

  /// An event loop turned.
  func eventLoop() { state.withLock { $0.eventLoopsDue -= 1 } }

  /// The writer came to the request.
  func writer() { state.withLock { $0.writer = .beat } }

  /// The writer's queue was full.
  func writerBusy() { state.withLock { $0.writer = .busy } }

  /// The writer came to the request and could do nothing with it: its disk failed, or somebody holds the database.
  func writerFailed() { state.withLock { $0.writer = .failed } }

  /// Whether everybody has answered, well or not.
  var isOver: Bool {
    state.withLock { state in
      if case .due = state.writer { return false }
      return state.eventLoopsDue == 0
    }
  }

  /// Event loops that have not turned yet.
  var eventLoopsDue: Int { state.withLock { $0.eventLoopsDue } }

  /// Whether the writer lives; a full queue is no sign of death while the writer gets on with it.
  func writerLives(isProgressing: Bool) -> Bool {
    switch state.withLock({ $0.writer }) {
    case .due, .failed: false
    case .beat: true
    case .busy: isProgressing
    }
  }
}
