internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire
internal import NIOCore

/// Tells clients what is committed, as it is committed.
struct WatchService: Sendable {
  private let hub: WatchHub
  private let decode: DecodeLimits

  init(_ hub: WatchHub, decode: DecodeLimits) {
    self.hub = hub
    self.decode = decode
  }

  var methods: [MethodDefinition] {
    [MethodDefinition("/guoban.v1.WatchService/Watch") { watch($0) }]
  }

  private func watch(_ call: ServerCall) {
    guard let request = call.request(Ledger.WatchRequest.self, limits: decode) else { return }
    let seat: WatchSeat
    let interval: TimeAmount
    do throws(Status) {
      interval = try progressInterval(request)
      seat = try hub.seat(on: ObjectIdentifier(call.outlet))
    } catch {
      return call.fail(error)
    }
    let hub = hub
    hub.read { log in
      try call.checkCancellation()
      let filter = try WatchFilter(request, principal: call.principal, regions: log.regions(), hub.limits)
      var start: UInt64?
      if case .afterRevision(let revision) = request.start { start = try log.start(after: revision) }
      call.onEventLoop { [start] in
        guard !call.isCancelled else { return call.fail(Status(.cancelled, "订阅已结束", "the watch is over")) }
        let watcher = Watcher(
          call, hub: hub, seat: seat, filter: filter, after: start ?? hub.now, progressInterval: interval)
        hub.loop(call.eventLoop).add(watcher)
      }
    } failed: { status in
      call.fail(status)
    }
  }

  private func progressInterval(_ request: Ledger.WatchRequest) throws(Status) -> TimeAmount {
    let limits = hub.limits
    guard request.progressIntervalMs > 0 else { return TimeAmount(limits.progressIntervalDefault) }
    let interval = Duration.milliseconds(request.progressIntervalMs)
    guard interval >= limits.progressIntervalMin, interval <= limits.progressIntervalMax else {
      let bounds = "\(limits.progressIntervalMin / .seconds(1))–\(limits.progressIntervalMax / .seconds(1))"
      throw Status.wrong(
        "progress_interval_ms", "\(request.progressIntervalMs)", "OUT_OF_RANGE", "进度间隔应在 \(bounds) 秒之间；0 表示用默认值",
        "the interval must be within \(bounds) seconds; 0 is the default")
    }
    return TimeAmount(interval)
  }
}
