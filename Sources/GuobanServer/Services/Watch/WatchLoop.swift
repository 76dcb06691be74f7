internal import NIOCore

/// All watches of one event loop: woken together, and looked after by one timer.
final class WatchLoop {
  /// Between two parts of a round.
  private static let turnPause = TimeAmount.microseconds(50)

  private let eventLoop: any EventLoop
  private let limits: WatchLimits
  private var watchers: [ObjectIdentifier: Watcher] = [:]
  private var groups: [WatchFilter: WatchGroup] = [:]
  private var timer: RepeatedTask?
  /// Whose turn is still to come in the round that is under way.
  private var turns: ArraySlice<Watcher> = []
  /// Something was committed since that round began.
  private var needsRound = false

  init(_ eventLoop: any EventLoop, limits: WatchLimits) {
    self.eventLoop = eventLoop
    self.limits = limits
  }

  /// Takes a watch in and sets it going.
  func add(_ watcher: Watcher) {
    watchers[ObjectIdentifier(watcher)] = watcher
    watcher.begin()
    if timer == nil, !watchers.isEmpty { startTimer() }
  }

  /// Lets a watch go.
  func remove(_ watcher: Watcher) {
    guard watchers.removeValue(forKey: ObjectIdentifier(watcher)) != nil else { return }
    watcher.group.members -= 1
    if watcher.group.members == 0 { groups[watcher.group.filter] = nil }
    guard watchers.isEmpty else { return }
    timer?.cancel()
    timer = nil
  }

  /// What watches with this filter share; one more joins it.
  func join(_ filter: WatchFilter) -> WatchGroup {
    let group = groups[filter] ?? WatchGroup(filter)
    groups[filter] = group
    group.members += 1
    return group
  }

  /// Something was committed: every watch has a turn. A few at a time, with the event loop's other work in between, so
  /// that a thousand watches keep no call waiting for long.
  func round() {
    needsRound = true
    if turns.isEmpty { takeTurns() }
  }

  private func takeTurns() {
    if turns.isEmpty, needsRound {
      needsRound = false
      turns = ArraySlice(watchers.values)
    }
    for watcher in turns.prefix(limits.turnWatchersMax) { watcher.advance() }
    turns = turns.dropFirst(limits.turnWatchersMax)
    if turns.isEmpty {
      for group in groups.values { group.forget() }
      guard needsRound else { return }
    }
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    // Not at once: a task that is due would run before the sockets are looked at.
    eventLoop.scheduleTask(in: Self.turnPause) { this.value.takeTurns() }
  }

  private func startTimer() {
    let step = TimeAmount(min(limits.progressIntervalMin, limits.stallTimeout) / 4)
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    timer = eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { _ in
      let now = NIODeadline.now()
      for watcher in this.value.watchers.values { watcher.timePassed(now) }
    }
  }
}
