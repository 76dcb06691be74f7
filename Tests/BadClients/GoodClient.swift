import Foundation
import Glibc
import Synchronization

/// Somebody who only wants to be served: calls Echo about every millisecond on a thread of its own and notes how long
/// each answer takes.
final class GoodClient: Sendable {
  private let state = Mutex(State())
  private static let pauseMicroseconds: UInt32 = 1000

  private struct State {
    var isStopped = false
    var nanoseconds: [UInt64] = []
    var failure: (any Error)?
    var isDone = false
  }

  init(_ stage: Stage) throws {
    let socket = try UncheckedSocket(socket: stage.greet())
    Thread.detachNewThread { [self] in
      do {
        if Run.isMeasured {
          // It sits on another machine too, and does not wait for a processor of this one. Only who may has a say in that.
          var parameters = sched_param(sched_priority: 1)
          _ = sched_setscheduler(0, SCHED_FIFO, &parameters)
          try Processors.takeLast()
        }
        var number: UInt8 = 0
        while !state.withLock({ $0.isStopped }) {
          number &+= 1
          let start = DispatchTime.now().uptimeNanoseconds
          guard try socket.socket.echo([number, 1, 2]) == [number, 1, 2] else {
            throw BadSocket.Failure("a wrong echo")
          }
          let took = DispatchTime.now().uptimeNanoseconds - start
          state.withLock { $0.nanoseconds.append(took) }
          usleep(Self.pauseMicroseconds)
        }
      } catch {
        state.withLock { $0.failure = error }
      }
      state.withLock { $0.isDone = true }
    }
  }

  var count: Int { state.withLock { $0.nanoseconds.count } }

  /// Forgets the times so far and gives their 99th percentile in milliseconds.
  func takeP99() -> Double {
    let times = state.withLock { state in
      defer { state.nanoseconds = [] }
      return state.nanoseconds.sorted()
    }
    guard !times.isEmpty else { return 0 }
    return Double(times[min(times.count - 1, times.count * 99 / 100)]) / 1e6
  }

  /// Ends; throws when it was ever not served, unless the server was to go.
  func stop(mayBeSentAway: Bool) throws {
    state.withLock { $0.isStopped = true }
    while !state.withLock({ $0.isDone }) { usleep(500) }
    if !mayBeSentAway, let failure = state.withLock({ $0.failure }) { throw failure }
  }

  // Safety: made by one thread and handed to the one that uses it.
  private struct UncheckedSocket: @unchecked Sendable {
    let socket: BadSocket
  }
}
