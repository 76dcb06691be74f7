internal import GuobanMessages

/// The daemon's status as lines for an operator. Pure.
struct StatusScreen {
  private let status: Ledger.DaemonStatus

  /// A screen of what the daemon said.
  init(_ status: Ledger.DaemonStatus) { self.status = status }

  /// Whether the daemon is fit to serve: it named its checks, and every one is passed.
  var isFit: Bool { !status.checks.isEmpty && status.checks.allSatisfy(\.passed) }

  var lines: [String] {
    var table = TextTable([.left, .left])
    for (label, text) in rows { table.add([label, text]) }
    return table.lines
  }

  private var rows: [(String, String)] {
    [(say("守护进程", "daemon"), "\(status.version)  \(isFit ? say("正常", "fit") : say("不正常", "NOT FIT"))")]
      + checks + [
        (
          say("已运行", "up"),
          say(
            "\(spanText(seconds: status.uptimeSeconds))（自 \(localTime(status.startTime) ?? "?")），进程 \(status.processId)，内存 \(byteText(status.residentBytes))",
            "\(spanText(seconds: status.uptimeSeconds)) (since \(localTime(status.startTime) ?? "?")), process \(status.processId), memory \(byteText(status.residentBytes))"
          )
        ),
        (say("台账", "ledger"), ledger),
        (
          say("连接", "connections"),
          say(
            "\(status.connectionsOpen)（最多 \(status.connectionsMax)），监听变更 \(status.watchers)",
            "\(status.connectionsOpen) (at most \(status.connectionsMax)), watchers \(status.watchers)")
        ),
        (
          say("调用", "calls"),
          say(
            "进行中 \(status.callsRunning)（其中流式 \(status.streamsRunning)），排队 \(status.callsQueued)（最多 \(status.callsQueuedMax)）",
            "\(status.callsRunning) running (\(status.streamsRunning) streams), \(status.callsQueued) queued (at most \(status.callsQueuedMax))"
          )
        ),
        (
          say("写入", "writes"),
          say(
            "排队 \(status.writesQueued)（最多 \(status.writesQueuedMax)）",
            "\(status.writesQueued) queued (at most \(status.writesQueuedMax))")
        ),
        (say("缓存", "cache"), cache),
        (say("磁盘", "disk"), say("剩余 ", "free ") + byteText(status.diskFreeBytes)),
        (say("快照", "snapshot"), snapshot), (say("快照校验", "verified"), verification),
      ] + certificates + [(say("报表沙箱", "sandbox"), sandbox)]
  }

  /// Only what is not as it should be.
  private var checks: [(String, String)] {
    if status.checks.isEmpty { return [(say("检查", "check"), say("守护进程没有说明", "the daemon named none"))] }
    return status.checks.filter { !$0.passed }.map { (say("检查", "check"), "\(name(of: $0)): \($0.problem)") }
  }

  private func name(of check: Ledger.HealthCheck) -> String {
    switch check.name {
    case "ledger": say("台账", "ledger")
    case "serving": say("服务", "serving")
    case "writer": say("写入", "writer")
    case "disk": say("磁盘", "disk")
    default: check.name
    }
  }

  private var ledger: String {
    let total = status.records.reduce(0) { $0 + $1.count }
    let parts = status.records.filter { $0.count > 0 }.map { "\($0.recordType) \($0.count)" }
    let list = parts.isEmpty ? "" : say("（\(parts.joined(separator: "，"))）", " (\(parts.joined(separator: ", ")))")
    return say("修订 \(status.revision)，记录 \(total)\(list)", "revision \(status.revision), \(total) records\(list)")
  }

  private var cache: String {
    let share = shareText(status.cacheHits, of: status.cacheHits + status.cacheMisses)
    let bytes = byteText(status.cacheBytes)
    let bytesMax = byteText(status.cacheBytesMax)
    return say(
      "\(status.cacheRecords) 条，\(bytes)（最多 \(bytesMax)），命中 \(share)",
      "\(status.cacheRecords) records, \(bytes) (at most \(bytesMax)), hits \(share)")
  }

  private var snapshot: String {
    guard !status.lastSnapshot.isEmpty else { return say("还没有", "none yet") }
    return "\(status.lastSnapshot)  \(localTime(status.lastSnapshotTime) ?? "")"
  }

  private var verification: String {
    guard let check = status.lastSnapshotCheck else { return say("从未校验", "never") }
    let time = localTime(check.time) ?? ""
    if check.intact { return say("完好：\(check.id)  \(time)", "intact: \(check.id)  \(time)") }
    let last = localTime(check.lastIntactTime) ?? say("从未", "never")
    return say(
      "不完好：\(check.id)  \(time)：\(check.problem)；上次完好 \(last)",
      "DAMAGED: \(check.id)  \(time): \(check.problem); last intact \(last)")
  }

  private var certificates: [(String, String)] {
    status.certificates.map { certificate in
      (
        say("证书", "certificate"),
        say(
          "\(certificate.name)，\(localTime(certificate.expireTime) ?? "?") 到期",
          "\(certificate.name), expires \(localTime(certificate.expireTime) ?? "?")")
      )
    }
  }

  private var sandbox: String {
    guard let sandbox = status.sandbox else { return say("启动后还没有运行过报表", "no report has run since the start") }
    if sandbox.missingProtections.isEmpty { return say("保护齐全", "all protections hold") }
    let missing = sandbox.missingProtections.joined(separator: " ")
    return say("内核缺少 \(missing)", "the kernel lacks \(missing)")
  }
}
