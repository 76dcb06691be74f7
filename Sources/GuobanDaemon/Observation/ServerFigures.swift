internal import GuobanAccess
internal import GuobanMetrics
internal import GuobanServer
internal import GuobanWire
internal import NIOCore

/// Counts what happens on the RPC server. A call costs a few relaxed atomic additions.
final class ServerFigures: ServerObserver {
  /// Names and kinds of methods by their number; 0 stands for calls of no method.
  let methods: [(name: String, isStreaming: Bool)]
  /// Method × code.
  let finished: CounterTable
  let durations: HistogramTable
  let queueing = HistogramTable(rows: 1, bounds: .durations)
  let opened = Counter()
  /// By code; the last column counts those that the client ended.
  let closed = CounterTable(rows: 1, columns: codeColumns + 1)
  let refusals = CounterTable(rows: 1, columns: ConnectionRefusal.allCases.count)
  /// Reason × transport.
  let authenticationFailures = CounterTable(
    rows: AuthenticationFailure.allCases.count, columns: Transport.allCases.count)
  let bytesIn = Counter()
  let bytesOut = Counter()
  private let started: CounterTable
  private let neverStarted: CounterTable

  enum Transport: String, CaseIterable { case unix, tcp, tls }

  static let codeColumns = Status.Code.allCases.count
  /// Behind the codes: closed by the client.
  static let byClientColumn = codeColumns

  /// Nothing counted. `offered`: the server's methods in the order of their numbers.
  init(offered: [MethodDefinition]) {
    methods = [("unknown", false)] + offered.map { ($0.name, $0.serverStreaming || $0.clientStreaming) }
    finished = CounterTable(rows: methods.count, columns: Self.codeColumns)
    durations = HistogramTable(rows: methods.count, bounds: .durations)
    started = CounterTable(rows: methods.count, columns: 1)
    neverStarted = CounterTable(rows: methods.count, columns: 1)
  }

  // MARK: What the server tells

  func connectionOpened(_ peer: Peer) { opened.add() }

  func connectionRefused(_ reason: ConnectionRefusal) {
    refusals.add(row: 0, column: ConnectionRefusal.allCases.firstIndex(of: reason) ?? 0)
  }

  func authenticationFailed(_ peer: Peer, _ reason: AuthenticationFailure) {
    authenticationFailures.add(
      row: AuthenticationFailure.allCases.firstIndex(of: reason) ?? 0,
      column: Transport.allCases.firstIndex(of: Transport(peer)) ?? 0)
  }

  func connectionClosed(_ peer: Peer, reason: Status?) {
    closed.add(row: 0, column: reason.map { Self.column($0.code) } ?? Self.byClientColumn)
  }

  func bytesRead(_ count: Int) { bytesIn.add(UInt64(clamping: count)) }

  func bytesWritten(_ count: Int) { bytesOut.add(UInt64(clamping: count)) }

  func callStarted(methodID: Int) { started.add(row: methodID, column: 0) }

  func callFinished(_ call: CallSummary) {
    finished.add(row: call.methodID, column: call.status.map { Self.column($0.code) } ?? 0)
    durations.record(UInt64(clamping: call.duration.nanoseconds), row: call.methodID)
    if call.queueing > .zero { queueing.record(UInt64(clamping: call.queueing.nanoseconds)) }
    if !call.hasStarted { neverStarted.add(row: call.methodID, column: 0) }
  }

  // MARK: What follows from it

  /// Connections that are open.
  var connectionsOpen: UInt64 {
    let closedCount = (0..<closed.columns).reduce(UInt64(0)) { $0 + closed.value(row: 0, column: $1) }
    return opened.value.saturatingSubtract(closedCount)
  }

  /// Calls of a method that were answered or refused.
  func finishedCount(_ method: Int) -> UInt64 {
    (0..<Self.codeColumns).reduce(0) { $0 + finished.value(row: method, column: $1) }
  }

  /// Calls of a method whose handler has not answered.
  func running(_ method: Int) -> UInt64 {
    let ended = finishedCount(method).saturatingSubtract(neverStarted.value(row: method, column: 0))
    return started.value(row: method, column: 0).saturatingSubtract(ended)
  }

  /// The same for all methods that `isWanted`.
  func running(where isWanted: (_ name: String, _ isStreaming: Bool) -> Bool) -> UInt64 {
    methods.indices.reduce(0) { isWanted(methods[$1].name, methods[$1].isStreaming) ? $0 + running($1) : $0 }
  }

  var callsRunning: UInt64 { running { _, _ in true } }
  var streamsRunning: UInt64 { running { $1 } }
  /// Watches are calls that run.
  var watchers: UInt64 { running { name, _ in name == Self.watchMethod } }

  static let watchMethod = "/guoban.v1.WatchService/Watch"

  private static func column(_ code: Status.Code) -> Int { Int(code.number) }
}

extension ServerFigures.Transport {
  init(_ peer: Peer) {
    self =
      switch peer {
      case .unix: .unix
      case .tcp: .tcp
      case .tls: .tls
      }
  }
}

extension UInt64 {
  /// The difference, or zero when it would be negative: two counters are never read at the same instant.
  func saturatingSubtract(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
