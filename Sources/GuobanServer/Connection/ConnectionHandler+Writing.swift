internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// What a connection writes: collected while it reads, flushed once.
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
          english:
            "the peer does not read: over \(server.configuration.outboundBytesMax) bytes wait for it (outbound_bytes_max)"
        ).reason("OUTBOUND_BYTES_MAX"))
    }
    guard !isCollecting, !isFlushing else { return }
    scheduleFlush(link)
  }

  /// Runs what writes, and flushes once after it.
  func collect(until end: MonotonicTime, _ body: () -> Void) {
    isCollecting = true
    body()
    isCollecting = false
    flush(until: end)
  }

  private func scheduleFlush(_ link: Link) {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
    link.context.eventLoop.execute {
      this.value.isFlushScheduled = false
      this.value.flushIfThereIsTime()
    }
  }

  private func flushIfThereIsTime() {
    guard let link else { return }
    if let end = link.turns.beginIfThereIsTime(.now()) { flush(until: end) } else { goOnFlushing(link) }
  }

  private func goOnFlushing(_ link: Link) {
    guard !isFlushWaiting else { return }
    isFlushWaiting = true
    link.turns.add(.patient) {
      self.isFlushWaiting = false
      self.flush(until: $0)
    }
  }

  /// Gives what was written to the socket, and what waits as far as the socket has room: a batch at least, more until `end`.
  func flush(until end: MonotonicTime? = nil) {
    // The socket may have taken a batch, or a sender may have been called, in the middle of this.
    guard let link, !isFlushing else { return }
    isFlushing = true
    // The other way round: what is deferred last happens first.
    defer { closeOutputIfDone(link) }
    defer { isFlushing = false }
    var now = MonotonicTime.now()
    let end = allowance.end(from: now, atMost: end)
    repeat {
      output.advance()
      let dequeued = output.takeDequeued()
      if !dequeued.isEmpty { link.gate.dequeued(dequeued) }
      guard let batch = output.takeBatch(now: now) else { break }
      let promise = link.context.eventLoop.makePromise(of: Void.self)
      let this = NIOLoopBound(self, eventLoop: link.context.eventLoop)
      let bytes = batch.readableBytes
      promise.futureResult.whenComplete { _ in this.value.written(bytes) }
      server.observer?.bytesWritten(bytes)
      link.context.writeAndFlush(wrapOutboundOut(batch), promise: promise)
      now = .now()
    } while output.canAdvance && now < end
    if output.canAdvance {
      allowance.turnRanOut()
      goOnFlushing(link)
    }
    if output.waitingSince != nil { setAlarm() }
  }

  private func written(_ bytes: Int) {
    output.written(bytes, now: .now())
    stalledBytes = .max
    guard output.canAdvance, !isCollecting, !isFlushing else { return }
    flushIfThereIsTime()
  }
}
