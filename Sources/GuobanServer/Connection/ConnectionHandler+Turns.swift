internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// What a connection does with what it has read: some time at once, so that whoever sends thousands of frames in one go, or
/// a long one, keeps the others on its event loop waiting for a little of it only. It is not read from until it has caught up.
extension ConnectionHandler {
  /// More than a client takes that keeps 16 calls in flight.
  private static let turnNanosecondsMax: Int64 = 150_000
  /// A look at the clock is cheap, but not free.
  private static let framesPerLook = 2

  /// A frame of so many bytes takes about a turn to unpack; longer ones are unpacked beside the event loop.
  private static let inlineBytesMax = 128 << 10

  /// Deals with what is there. `first` goes before it: a frame that was unpacked beside the event loop.
  func takeFrames(_ first: Result<RPC.Frame, FrameError>? = nil, now: MonotonicTime) {
    var taken = 0
    do throws(FrameError) {
      if let first {
        perform(machine.received(try first.get(), now: now), now: now)
        taken += 1
      }
      while machine.phase != .closed, let packed = try decoder.take() {
        if packed.bytes > Self.inlineBytesMax { return unpackBeside(packed, now: now) }
        perform(machine.received(try packed.unpacked(), now: now), now: now)
        taken += 1
        if taken % Self.framesPerLook == 0, decoder.bufferedBytes > 0, machine.phase != .closed,
          MonotonicTime.now().nanoseconds(since: now) > Self.turnNanosecondsMax
        {
          return rest(now: now)
        }
      }
      let hasPartial = decoder.bufferedBytes > 0
      perform(machine.readEnded(hasPartial: hasPartial, hasFrames: taken > 0, now: now), now: now)
      if hasPartial { setAlarm() }
    } catch {
      perform(machine.failed(error), now: now)
    }
  }

  private func rest(now: MonotonicTime) {
    guard let link else { return }
    beginRest(now: now)
    link.turns.add(self)
  }

  private func unpackBeside(_ packed: PackedFrame, now: MonotonicTime) {
    guard let link else { return }
    beginRest(now: now)
    decoder.detach()
    let eventLoop = link.context.eventLoop
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    server.workers.unpacking.unpack(packed) { frame in
      eventLoop.execute { this.value.goOn(frame) }
    }
  }

  private func beginRest(now: MonotonicTime) {
    isResting = true
    // What is left has been sent in time, however long it waits here.
    perform(machine.readEnded(hasPartial: false, hasFrames: true, now: now), now: now)
  }

  /// Its next turn.
  func goOn(_ first: Result<RPC.Frame, FrameError>? = nil) {
    isResting = false
    guard let link else { return }
    if machine.phase != .closed {
      isReading = true
      takeFrames(first, now: .now())
      isReading = false
      flush()
    }
    // Also of one that is closed: unread input would reset the socket before the peer has read the last words.
    if isReadHeld, !isResting {
      isReadHeld = false
      link.context.read()
    }
  }
}
