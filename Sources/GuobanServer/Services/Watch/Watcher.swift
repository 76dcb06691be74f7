internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// One watch, on the event loop of its connection.
///
/// It sends while its peer has room. What it has no room for it does not keep: it stays where it is, and goes on from
/// there, in the ring or in the change log.
final class Watcher {
  let group: WatchGroup
  private let call: ServerCall
  private let hub: WatchHub
  private let loop: WatchLoop
  private let seat: WatchSeat
  private let progressInterval: TimeAmount
  private var cursor: WatchCursor
  /// Read from the change log, for a watch that is behind.
  private var backlog: [WatchedRun] = []
  private var isReading = false
  private var blockedSince: NIODeadline?
  private var sentAt = NIODeadline.now()
  private var isOver = false

  /// A watch of everything after `start` that `filter` shows.
  init(
    _ call: ServerCall, hub: WatchHub, seat: WatchSeat, filter: WatchFilter, after start: UInt64,
    progressInterval: TimeAmount
  ) {
    self.call = call
    self.hub = hub
    self.seat = seat
    self.progressInterval = progressInterval
    loop = hub.loop(call.eventLoop)
    group = loop.join(filter)
    cursor = WatchCursor(after: start)
  }

  /// Says where the watch begins, and sends what there is.
  func begin() {
    let this = NIOLoopBound(self, eventLoop: call.eventLoop)
    call.onCancel { this.value.end(Status(.cancelled, "订阅已结束", "the watch is over")) }
    call.onDrain {
      this.value.end(
        Status(
          .unavailable, "服务正在停止；请重新连接，从 resume_revision 继续",
          "the daemon is stopping; connect again, and go on from resume_revision"), reason: "DRAINING")
    }
    guard !isOver else { return }
    if send(cursor.mark) { advance() }
  }

  /// Sends what there is and fits.
  func advance() {
    while !isOver, blockedSince == nil, !isReading {
      var next = cursor
      let runs: [WatchedRun]
      if !backlog.isEmpty {
        runs = backlog
      } else {
        switch hub.recent(after: cursor.revision) {
        case .nothing: return
        case .gone: return readLog()
        case .runs(let recent): runs = recent
        }
      }
      let message =
        backlog.isEmpty
        ? group.next(&next, runs, bytesMax: hub.limits.batchBytesMax)
        : next.next(runs, group.filter, bytesMax: hub.limits.batchBytesMax)
      if let message, !send(message) { return }
      cursor = next
      backlog.removeAll { $0.lastRevision <= next.revision }
    }
  }

  /// Looks after progress marks and stalls.
  func timePassed(_ now: NIODeadline) {
    guard !isOver else { return }
    if let blockedSince {
      guard now - blockedSince >= TimeAmount(hub.limits.stallTimeout) else { return }
      return end(
        Status(
          .resourceExhausted, "订阅方太久没有接收，已断开；请从 resume_revision 继续",
          "the watch was ended because nobody took from it for too long; go on from resume_revision"),
        reason: "WATCH_TOO_SLOW")
    }
    guard !isReading, !cursor.isInsideCommit, now - sentAt >= progressInterval else { return }
    _ = send(cursor.mark)
  }

  /// Ends the watch, saying where to resume.
  func end(_ status: Status, reason: String = "WATCH_ENDED") {
    guard !isOver else { return }
    isOver = true
    backlog = []
    loop.remove(self)
    call.fail(status.reason(reason, ["resume_revision": "\(cursor.progress)"]))
  }

  /// False when there is no room; the watch then goes on when there is.
  private func send(_ message: [UInt8]) -> Bool {
    let now = NIODeadline.now()
    if call.offer(message) {
      sentAt = now
      return true
    }
    blockedSince = now
    let this = NIOLoopBound(self, eventLoop: call.eventLoop)
    call.onRoom { this.value.hasRoom() }
    return false
  }

  private func hasRoom() {
    blockedSince = nil
    advance()
  }

  private func readLog() {
    isReading = true
    let this = NIOLoopBound(self, eventLoop: call.eventLoop)
    let (hub, call, revision) = (hub, call, cursor.revision)
    hub.read { log in
      // A watch that is over wants nothing.
      let runs = call.isCancelled ? [] : try log.runs(after: revision)
      call.onEventLoop { this.value.read(runs) }
    } failed: { status in
      call.onEventLoop { this.value.end(status) }
    }
  }

  private func read(_ runs: [WatchedRun]) {
    isReading = false
    guard !isOver else { return }
    backlog = runs
    advance()
  }
}
