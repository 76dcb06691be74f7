public import GuobanMessages

/// Knows how the daemon is. The daemon puts it together.
public protocol StatusSource: Sendable {
  /// One screen for an operator. Blocks: it counts records.
  func status() throws -> Ledger.DaemonStatus
  /// The figures now. Does not block.
  func metrics() -> Ledger.DaemonMetrics
}

/// Tells how the daemon itself is.
struct StatusService: Sendable {
  let source: any StatusSource

  var methods: [MethodDefinition] {
    let service = "/guoban.v1.StatusService"
    return [
      MethodDefinition("\(service)/GetStatus") { call in
        call.onWorker { $0.reply(try source.status().packed()) }
      },
      // On the event loop, so that a daemon whose workers are all busy can still be looked at.
      MethodDefinition("\(service)/GetMetrics") { call in
        call.reply(source.metrics().packed())
      },
    ]
  }
}
