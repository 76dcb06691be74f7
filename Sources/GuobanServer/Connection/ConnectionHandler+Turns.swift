internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// What a connection does with what it has read: some time at once, so that whoever sends thousands of frames in one go, or
/// a long one, keeps the others on its event loop waiting for a little of it only. Nothing more is read until then.
extension ConnectionHandler {
  /// A look at the clock is cheap, but not free.
  private static let framesPerLook = 2
  /// A frame of so many bytes takes about a turn to unpack; longer ones are unpacked beside the event loop.
  static let inlineBytesMax = 128 << 10

  /// Deals with what is there, until `end`. `first` goes before it: a frame that was unpacked beside the event loop.
  func takeFrames(_ first: UnpackThread.Unpacked? = nil, now: MonotonicTime, until end: MonotonicTime) {
    // Time runs for a call from its arrival, however long it has waited here.
    let arrival = restingSince ?? now
    restingSince = nil
    var taken = 0
    do throws(FrameError) {
      if let first {
        releasePartial()
        perform(machine.received(try first.frame.get(), arrival: arrival, now: now), now: now)
        taken += 1
      }
      while machine.phase != .closed, let packed = try decoder.take() {
        if packed.unpackedBytes > Self.inlineBytesMax { return unpackBeside(packed, arrival) }
        if partialBytes > 0 { releasePartial() }
        perform(machine.received(try packed.unpacked(), arrival: arrival, now: now), now: now)
        taken += 1
        if taken % Self.framesPerLook == 0, decoder.bufferedBytes > 0, machine.phase != .closed,
          MonotonicTime.now() >= end
        {
          allowance.turnRanOut()
          return rest(arrival)
        }
      }
      allowance.turnSufficed(after: MonotonicTime.now().nanoseconds(since: now))
      let hasPartial = decoder.bufferedBytes > 0
      perform(machine.readEnded(hasPartial: hasPartial, hasFrames: taken > 0, now: now), now: now)
      if hasPartial { setAlarm() }
      if let refusal = meterPartial() { perform(machine.sendAway(refusal), now: now) }
    } catch {
      perform(machine.failed(error), now: now)
    }
  }

  /// What is here of a long frame takes memory like a request, until the call that it brings counts. Gives the refusal when
  /// there is no room for it.
  private func meterPartial() -> Status? {
    let bytes = decoder.bufferedBytes > Self.inlineBytesMax ? decoder.bufferedBytes : 0
    let more = bytes - partialBytes
    if more > 0, let refusal = server.load.hold(more) { return refusal }
    if more < 0 { server.load.release(-more) }
    partialBytes = bytes
    return nil
  }

  func releasePartial() { server.load.release(exchange(&partialBytes, with: 0)) }

  /// Has what is there, and came at `arrival`, wait for a turn.
  func rest(_ arrival: MonotonicTime) {
    beginRest(arrival)
    link?.turns.add(.patient) { self.goOn(until: $0) }
  }

  private func unpackBeside(_ packed: PackedFrame, _ arrival: MonotonicTime) {
    guard let link else { return }
    beginRest(arrival)
    decoder.detach()
    let eventLoop = link.context.eventLoop
    let this = NIOLoopBound(self, eventLoop: eventLoop)
    server.workers.unpacking.unpack(packed) { unpacked in
      eventLoop.execute { this.value.link?.turns.add(.patient) { this.value.goOn(unpacked, until: $0) } }
    }
  }

  private func beginRest(_ arrival: MonotonicTime) {
    isResting = true
    restingSince = arrival
    machine.rested()
  }

  /// Its next turn.
  private func goOn(_ first: UnpackThread.Unpacked? = nil, until end: MonotonicTime) {
    isResting = false
    guard let link else { return }
    if machine.phase != .closed {
      let now = MonotonicTime.now()
      let end = allowance.end(from: now, atMost: end)
      collect(until: end) { takeFrames(first, now: now, until: end) }
    }
    // Also of one that is closed: unread input would reset the socket before the peer has read the last words.
    if isReadHeld, !isResting {
      isReadHeld = false
      link.context.read()
    }
  }
}
