internal import GuobanMetrics
internal import GuobanServer
internal import GuobanWire

extension ServerFigures {
  /// Everything as metrics.
  func families() -> [MetricFamily] {
    calls() + [
      .seconds(
        "guoban_call_queue_wait_seconds", "Time that finished calls had waited for a worker thread.",
        queueing.snapshot()),
      .gauge("guoban_streams_running", "Running calls of streaming methods.", streamsRunning),
      .gauge("guoban_watchers", "Running watches.", watchers),
      .gauge("guoban_connections_open", "Connections that are open.", connectionsOpen),
      .counter("guoban_connections_opened_total", "Connections that were opened.", opened.value),
      MetricFamily(
        "guoban_connections_closed_total", .counter,
        "Connections that ended, by the status the daemon ended them with.",
        (0..<closed.columns).compactMap { column in
          let count = closed.value(row: 0, column: column)
          let reason = column == Self.byClientColumn ? "client" : Self.codeName(column)
          return count > 0 || column == Self.byClientColumn ? .init(.count(count), [("reason", reason)]) : nil
        }),
      MetricFamily(
        "guoban_connections_refused_total", .counter, "Connections for which there was no room.",
        ConnectionRefusal.allCases.enumerated().map { index, reason in
          .init(.count(refusals.value(row: 0, column: index)), [("reason", reason.rawValue)])
        }),
      MetricFamily(
        "guoban_authentication_failures_total", .counter, "Peers that were sent away because of their credentials.",
        AuthenticationFailure.allCases.enumerated().flatMap { row, reason in
          Transport.allCases.enumerated().map { column, transport in
            .init(
              .count(authenticationFailures.value(row: row, column: column)),
              [("reason", reason.rawValue), ("transport", transport.rawValue)])
          }
        }),
      .counter("guoban_received_bytes_total", "Bytes read from RPC connections.", bytesIn.value),
      .counter("guoban_sent_bytes_total", "Bytes written to RPC connections.", bytesOut.value),
    ]
  }

  private func calls() -> [MetricFamily] {
    var counts: [MetricFamily.Sample] = []
    var times: [MetricFamily.Sample] = []
    var runs: [MetricFamily.Sample] = []
    for (index, method) in methods.enumerated() {
      let label = [(name: "method", value: method.name)]
      for code in 0..<Self.codeColumns {
        let count = finished.value(row: index, column: code)
        // OK is there from the start, so that a rate has a beginning; other codes once they have happened.
        guard count > 0 || (code == 0 && index > 0) else { continue }
        counts.append(.init(.count(count), label + [("code", Self.codeName(code))]))
      }
      let time = durations.snapshot(row: index)
      if time.count > 0 { times.append(.init(.histogram(time, unit: 1e9), label)) }
      runs.append(.init(.count(running(index)), label))
    }
    return [
      MetricFamily("guoban_calls_total", .counter, "Finished calls by method and gRPC code.", counts),
      MetricFamily(
        "guoban_call_duration_seconds", .histogram,
        "Time from a call's arrival to its answer; methods never called are left out.",
        times),
      MetricFamily("guoban_calls_running", .gauge, "Calls whose handler has not answered.", runs),
    ]
  }

  static func codeName(_ column: Int) -> String { Status.Code(number: UInt32(column)).name }
}
