internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// Writing, the clock, and the end of a connection.
extension ConnectionHandler {
  func write(_ frame: RPC.Frame) {
    guard let link else { return }
    switch frame.body {
    case .data(let data): output.write(frame, messageBytes: data.message.count, isData: true)
    case .reply(let reply):
      output.write(frame, messageBytes: reply.message.count + reply.details.reduce(0) { $0 + $1.count })
    default: output.write(frame)
    }
    guard output.isWithinBound else {
      return cutOff(
        Status(
          .resourceExhausted,
          "the peer does not read: over \(server.configuration.outboundBytesMax) bytes wait for it (outbound_bytes_max)"
        ).reason("OUTBOUND_BYTES_MAX"), link)
    }
    guard !isReading, !isFlushing else { return }
    scheduleFlush(link)
  }

  private func scheduleFlush(_ link: Link) {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
    link.context.eventLoop.execute { this.value.flush() }
  }

  /// Gives what was written to the socket, and what waits as far as the socket has room.
  func flush() {
    isFlushScheduled = false
    // The socket may have taken a batch, or a sender may have been called, in the middle of this.
    guard let link, !isFlushing else { return }
    isFlushing = true
    // The other way round: what is deferred last happens first.
    defer { closeOutputIfDone(link) }
    defer { isFlushing = false }
    for _ in 0..<Self.flushRoundsMax {
      output.advance()
      let dequeued = output.takeDequeued()
      if !dequeued.isEmpty { link.gate.dequeued(dequeued) }
      guard let batch = output.takeBatch(now: .now()) else { return }
      let promise = link.context.eventLoop.makePromise(of: Void.self)
      let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
      let bytes = batch.readableBytes
      promise.futureResult.whenComplete { _ in this.value.written(bytes) }
      server.observer?.bytesWritten(bytes)
      link.context.writeAndFlush(wrapOutboundOut(batch), promise: promise)
      guard output.canAdvance else { break }
    }
    if output.canAdvance { scheduleFlush(link) }
    if output.waitingSince != nil { setAlarm() }
  }

  private func written(_ bytes: Int) {
    output.written(bytes, now: .now())
    stalledBytes = .max
    if output.canAdvance, !isReading { flush() }
  }

  // MARK: The clock

  func timePassed(_ now: MonotonicTime) {
    guard let link else { return }
    link.alarm.clear()
    if let since = output.waitingSince, now >= since + server.configuration.outboundStallTimeout {
      guard hasProgress(link) else {
        return cutOff(
          Status(
            .deadlineExceeded,
            "the peer does not read: nothing for \(server.configuration.outboundStallTimeout.wholeMilliseconds) ms"
              + " (outbound_stall_timeout)"
          ).reason("OUTBOUND_STALLED"), link)
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

  // MARK: Closing

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
    cancelAll(status ?? Status(.unavailable, "the daemon is stopping"), link)
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

  private func closeOutputIfDone(_ link: Link) {
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
  private func cutOff(_ status: Status, _ link: Link) {
    output.dropAll()
    perform(machine.sendAway(status), now: .now())
  }

  /// Then others on the event loop have their turn.
  private static let flushRoundsMax = 8
}
