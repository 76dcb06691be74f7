internal import GuobanAccess
internal import GuobanWire
internal import NIOCore

/// How a connection ends: drained, sent away, out of time, cut off, or closed by its peer.
extension ConnectionHandler {
  /// Sends away a caller whose right to be here has ended.
  func checkAccess() {
    guard let principal = machine.principal, let why = server.authenticator.ending(of: principal) else { return }
    let status = Status(.unauthenticated, why.chinese, why.english).reason("ACCESS_ENDED")
    let now = MonotonicTime.now()
    // Every call that runs hears why it ends, not only the connection.
    for (id, stream) in machine.streams where !stream.isAnswered { perform(machine.reply(id, status), now: now) }
    perform(machine.sendAway(status), now: now)
  }

  func timePassed(_ now: MonotonicTime) {
    guard let link else { return }
    link.alarm.clear()
    if let since = output.waitingSince, now >= since + server.configuration.outboundStallTimeout {
      guard hasProgress(link) else {
        return cutOff(
          Status(
            .deadlineExceeded,
            english:
              "the peer does not read: nothing for \(server.configuration.outboundStallTimeout.wholeMilliseconds) ms"
              + " (outbound_stall_timeout)"
          ).reason("OUTBOUND_STALLED"))
      }
      output.progressed(now: now)
    }
    perform(machine.timePassed(now), now: now)
    setAlarm()
  }

  /// Whether the socket has taken part of a batch that it has not taken all of: a slow peer is not one that does not read.
  private func hasProgress(_ link: Link) -> Bool {
    guard let bytes = try? link.context.channel.syncOptions?.getOption(.bufferedWritableBytes) else { return false }
    defer { stalledBytes = bytes }
    return bytes < stalledBytes
  }

  func setAlarm() {
    guard let link else { return }
    if let next = machine.nextDeadline(after: .now()) { link.alarm.set(next.deadline) }
    if let since = output.waitingSince {
      link.alarm.set((since + server.configuration.outboundStallTimeout).deadline)
    }
  }

  func closeIfDrained() {
    guard machine.isDrained else { return }
    machine.close()
    close(nil)
  }

  /// Stops writing after the last words, and gives the peer a moment to read them before the socket goes: a socket closed
  /// with unread input is reset, and the peer would lose them.
  func close(_ status: Status?) {
    guard let link else { return }
    closeReason = closeReason ?? status
    cancelAll(status ?? Status(.unavailable, "守护进程正在停止", "the daemon is stopping"), link)
    isClosing = true
    flush()
    closeOutputIfDone(link)
    // Answers that a drain waited for may take longer to be read than the reason for a violation.
    let timeout = status == nil ? server.configuration.drainTimeout : server.configuration.lingerTimeout
    let context = NIOLoopBound(link.context, eventLoop: link.context.eventLoop)
    link.context.eventLoop.scheduleTask(deadline: (.now() + timeout).deadline) {
      context.value.close(promise: nil)
    }
  }

  func closeOutputIfDone(_ link: Link) {
    guard isClosing, !isFlushing, output.isEmpty else { return }
    isClosing = false
    link.context.close(mode: .output, promise: nil)
    guard closeReason == nil else { return }
    let context = NIOLoopBound(link.context, eventLoop: link.context.eventLoop)
    link.context.eventLoop.scheduleTask(deadline: (.now() + server.configuration.lingerTimeout).deadline) {
      context.value.close(promise: nil)
    }
  }

  /// Throws away what waits for a peer that does not read, and tells it why in case it begins to.
  func cutOff(_ status: Status) {
    output.dropAll()
    perform(machine.sendAway(status), now: .now())
  }

  /// The channel is gone.
  func ended() {
    guard let link else { return }
    self.link = nil
    machine.close()
    link.alarm.clear()
    releasePartial()
    cancelAll(Status(.cancelled, "连接已断开", "the connection closed"), link)
    link.outlet.close(onLateEnd: reportLate())
    server.observer?.connectionClosed(peer, reason: closeReason)
  }
}
