internal import Foundation
internal import GuobanMessages
internal import GuobanMetrics
internal import GuobanWire

/// What happened between two readings of the figures, as lines. Pure.
struct TopScreen {
  private let before: Ledger.DaemonMetrics
  private let now: Ledger.DaemonMetrics
  private let rowsMax: Int
  private let size: TerminalSize?
  private let seconds: Double
  private let isSinceStart: Bool

  /// A terminal with fewer columns shows less of each method.
  private static let wideColumns = 78

  private static let cancelled = Status.Code.cancelled.number

  /// One method's share of what happened.
  struct Row: Equatable {
    var method: String
    var callsPerSecond: Double
    var running: UInt64
    var failed: UInt64
    var p50: Double?
    var p99: Double?
  }

  /// - Parameters:
  ///   - before: nil, or of an earlier life of the daemon: everything since its start.
  ///   - size: where the lines must find room; nil for a file, which has room for all.
  init(from before: Ledger.DaemonMetrics?, to now: Ledger.DaemonMetrics, rowsMax: Int, size: TerminalSize?) {
    let isSame = before?.startTime == now.startTime
    isSinceStart = !isSame
    self.before = isSame ? before ?? .init() : .init()
    self.now = now
    self.rowsMax = rowsMax
    self.size = size
    let begin = isSame ? before?.time : now.startTime
    seconds = max(0.001, Self.seconds(now.time) - Self.seconds(begin))
  }

  /// Methods that were called, the busiest first.
  var rows: [Row] {
    let earlier = Dictionary(before.methods.map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first })
    return now.methods.compactMap { row($0, since: earlier[$0.method]) }
      .sorted { ($1.callsPerSecond, $0.method) < ($0.callsPerSecond, $1.method) }
  }

  var lines: [String] {
    let rows = rows
    let head = (size.map { size in summary.flatMap { size.wrapped($0) } } ?? summary) + [""]
    // Besides them the table's own head, the line about the rest, and the cursor's.
    let room = size.map { max(1, $0.lines - head.count - 3) } ?? rowsMax
    let shown = rows.prefix(min(rowsMax, room))
    let rest = rows.count - shown.count
    let more = rest > 0 ? [say("（另有 \(rest) 个方法）", "(\(rest) more methods)")] : []
    return head + (isNarrow ? narrowTable(shown) : wideTable(shown)) + more
  }

  private var isNarrow: Bool { size.map { $0.columns < Self.wideColumns } ?? false }

  private func wideTable(_ rows: some Sequence<Row>) -> [String] {
    var table = TextTable([.left, .right, .right, .right, .right, .right])
    table.add([
      say("方法", "method"), say("次/秒", "calls/s"), "p50", "p99", say("失败", "failed"), say("进行中", "running"),
    ])
    for row in rows {
      table.add([
        shortName(row.method), rateText(row.callsPerSecond), row.p50.map(shortSpanText) ?? "-",
        row.p99.map(shortSpanText) ?? "-", "\(row.failed)", "\(row.running)",
      ])
    }
    return table.lines
  }

  /// What fits into half a screen; the figures come first, so that only a name can be cut.
  private func narrowTable(_ rows: some Sequence<Row>) -> [String] {
    var table = TextTable([.right, .right, .right, .left])
    table.add([say("次/秒", "calls/s"), "p99", say("失败", "failed"), say("方法", "method")])
    for row in rows {
      let name = row.method.split(separator: "/").last.map(String.init) ?? row.method
      table.add([
        rateText(row.callsPerSecond), row.p99.map(shortSpanText) ?? "-", "\(row.failed)", name,
      ])
    }
    return table.lines.map { size?.clipped($0) ?? $0 }
  }

  private var summary: [String] {
    let calls = rateText(rows.reduce(0) { $0 + $1.callsPerSecond })
    let span =
      isSinceStart
      ? say("启动以来 \(spanText(seconds: UInt64(seconds)))", "since the start, \(spanText(seconds: UInt64(seconds)))")
      : say("最近 \(rateText(seconds)) 秒", "last \(rateText(seconds)) s")
    let processor = String(format: "%.0f%%", rate(now.cpuNs, before.cpuNs) / 1e9 * 100)
    let hits = difference(now.cacheHits, before.cacheHits)
    let share = shareText(hits, of: hits + difference(now.cacheMisses, before.cacheMisses))
    let commits = rate(now.commits, before.commits)
    let requests = difference(now.commitRequests, before.commitRequests)
    let groups = difference(now.commits, before.commits)
    let size = groups == 0 ? "-" : rateText(Double(requests) / Double(groups))
    let commit = histogram(now.commitDuration).since(histogram(before.commitDuration)).quantile(0.99)
    let received = byteText(UInt64(rate(now.bytesRead, before.bytesRead)))
    let sent = byteText(UInt64(rate(now.bytesWritten, before.bytesWritten)))
    return [
      say(
        "\(localTime(now.time) ?? "")  \(span)  \(calls) 次/秒  处理器 \(processor)  内存 \(byteText(now.residentBytes))",
        "\(localTime(now.time) ?? "")  \(span)  \(calls) calls/s  processor \(processor)  memory \(byteText(now.residentBytes))"
      ),
      say(
        "连接 \(now.connectionsOpen)  收 \(received)/秒  发 \(sent)/秒  排队 \(now.callsQueued)  缓存命中 \(share)",
        "connections \(now.connectionsOpen)  in \(received)/s  out \(sent)/s  queued \(now.callsQueued)  cache hits \(share)"
      ),
      say(
        "修订 \(now.revision)  落盘 \(rateText(commits)) 次/秒，每次 \(size) 个请求  p99 \(commit.map(shortSpanText) ?? "-")  等写入 \(now.writesQueued)",
        "revision \(now.revision)  commits \(rateText(commits))/s of \(size) requests  p99 \(commit.map(shortSpanText) ?? "-")  writes queued \(now.writesQueued)"
      ),
    ]
  }

  private func row(_ figures: Ledger.MethodFigures, since earlier: Ledger.MethodFigures?) -> Row? {
    let calls = difference(count(figures.codes), count(earlier?.codes ?? []))
    guard calls > 0 || figures.running > 0 else { return nil }
    // A watch that its client ended has not failed.
    let isOK: (Ledger.CodeCount) -> Bool = { $0.code == 0 || $0.code == Self.cancelled }
    let fine = difference(count(figures.codes.filter(isOK)), count(earlier?.codes.filter(isOK) ?? []))
    let times = histogram(figures.duration).since(histogram(earlier?.duration))
    return Row(
      method: figures.method, callsPerSecond: Double(calls) / seconds, running: figures.running,
      failed: difference(calls, fine), p50: times.quantile(0.5), p99: times.quantile(0.99))
  }

  private func count(_ codes: [Ledger.CodeCount]) -> UInt64 { codes.reduce(0) { $0 &+ $1.count } }

  private func histogram(_ message: Ledger.DurationHistogram?) -> HistogramSnapshot {
    HistogramSnapshot(bounds: now.durationBoundsNs, counts: message?.counts ?? [], sum: message?.sumNs ?? 0)
  }

  private func rate(_ value: UInt64, _ earlier: UInt64) -> Double { Double(difference(value, earlier)) / seconds }

  private func difference(_ value: UInt64, _ earlier: UInt64) -> UInt64 { value > earlier ? value - earlier : 0 }

  /// "PassService/VerifyPass" of "/guoban.v1.PassService/VerifyPass".
  private func shortName(_ method: String) -> String {
    let parts = method.split(separator: "/")
    guard parts.count == 2, let service = parts[0].split(separator: ".").last else { return method }
    return "\(service)/\(parts[1])"
  }

  private static func seconds(_ time: Google.Timestamp?) -> Double {
    Double(time?.seconds ?? 0) + Double(time?.nanos ?? 0) / 1e9
  }
}
