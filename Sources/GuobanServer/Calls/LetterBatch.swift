internal import GuobanStorage
internal import NIOCore
internal import Synchronization

/// The connections of one event loop for which the calls of a commit group leave letters: one wake-up for all of them.
final class LetterBatch: CompletionBatch {
  private let eventLoop: any EventLoop
  private let outlets = Mutex<[CallOutlet]>([])

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// ``deliver()`` will have it deliver what it holds.
  func add(_ outlet: CallOutlet) { outlets.withLock { $0.append(outlet) } }

  func deliver() {
    // Where all connections have ended, the event loop may have, too.
    let outlets = outlets.withLock { exchange(&$0, with: []) }.filter { !$0.isClosed }
    guard !outlets.isEmpty else { return }
    eventLoop.execute { for outlet in outlets { outlet.deliverSoon() } }
  }
}
