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
          "the peer does not read: over \(server.configuration.outboundBytesMax) bytes wait for it (outbound_bytes_max)"
        ).reason("OUTBOUND_BYTES_MAX"))
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

  private func goOnFlushing(_ link: Link) {
    guard !isFlushWaiting else { return }
    isFlushWaiting = true
    link.turns.add(.patient) { _ in
      self.isFlushWaiting = false
      self.flush()
    }
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
    var now = MonotonicTime.now()
    let end = now.advanced(byNanoseconds: TurnQueue.turnNanosecondsMax)
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
    if output.canAdvance { goOnFlushing(link) }
    if output.waitingSince != nil { setAlarm() }
  }

  private func written(_ bytes: Int) {
    output.written(bytes, now: .now())
    stalledBytes = .max
    guard let link, output.canAdvance, !isReading, !isFlushing else { return }
    if link.turns.beginIfThereIsTime(.now()) != nil { flush() } else { goOnFlushing(link) }
  }
}
