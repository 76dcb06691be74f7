internal import ArgumentParser
internal import Foundation
internal import GuobanClient
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: say("审计：谁改了什么，台账有没有被动过手脚。", "Who changed what, and whether anybody tampered."),
    discussion: say(
      """
      例：
        guobanctl audit list --actor puyang-clerk --since 2026-06-01
        guobanctl audit list --record Project/P-1001 --json
        guobanctl audit head -o head-2026-06.json
        guobanctl audit verify --head head-2026-06.json
      """,
      """
      Examples:
        guobanctl audit list --actor puyang-clerk --since 2026-06-01
        guobanctl audit list --record Project/P-1001 --json
        guobanctl audit head -o head-2026-06.json
        guobanctl audit verify --head head-2026-06.json
      """),
    subcommands: [AuditListCommand.self, AuditVerifyCommand.self, AuditHeadCommand.self])
}

struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出变更，最近的在前。", "List changes, newest first."),
    discussion: say(
      "例：guobanctl audit list --type Project --operation delete --since 2026-01-01",
      "Example: guobanctl audit list --type Project --operation delete --since 2026-01-01"))

  @Option(help: ArgumentHelp(say("谁改的", "Who changed it"), valueName: "name")) var actor = ""
  @Option(help: ArgumentHelp(say("哪条记录，写作 类型/键", "Which record, as Type/key"), valueName: "type/key")) var record = ""
  @Option(help: ArgumentHelp(say("哪种记录，如 Project", "The record type, as Project"), valueName: "type")) var type = ""
  @Option(
    help: ArgumentHelp(say("从何时起：日期、时刻或几天前（7d）", "From when: a date, a time, or days ago (7d)"), valueName: "time"))
  var since: String?
  @Option(help: ArgumentHelp(say("到何时止（不含）", "Until when, exclusive"), valueName: "time")) var until: String?
  @Option(
    help: ArgumentHelp(say("操作：新建、修改、删除、查看、擦除", "create, update, delete, reveal or erase"), valueName: "operation"))
  var operation: String?
  @Option(help: ArgumentHelp(say("最多几条；0 为全部", "Changes at most; 0 = all"), valueName: "count")) var limit = 100
  @Flag(help: ArgumentHelp(say("最早的在前", "Oldest first"))) var oldestFirst = false
  @Flag(help: ArgumentHelp(say("每行一个 JSON，含记录内容", "One JSON per line, with the records' bytes"))) var json = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    var request = try request()
    var left = limit == 0 ? Int.max : limit
    try await common.withClient { client in
      let catalog = json ? try await Catalog(of: client) : nil
      var rows: [[String]] = []
      repeat {
        request.pageSize = Int32(clamping: min(left, 1000))
        let page: Ledger.ListChangesResponse = try await client.call(
          "/guoban.v1.AuditService/ListChanges", request, timeout: common.callTimeout)
        for change in page.changes.prefix(left) {
          if let catalog {
            Terminal.print(oneLine(try catalog.text(change)))
          } else {
            rows.append(change.auditRow)
          }
        }
        left -= page.changes.count
        request.pageToken = page.nextPageToken
        if request.pageToken.isEmpty, !json { Terminal.complainOfCompaction(before: page.oldestRevision) }
      } while !request.pageToken.isEmpty && left > 0
      if json { return }
      var table = TextTable([.right, .left, .left, .left, .left, .left, .left])
      table.add([
        say("修订", "REVISION"), say("时间", "TIME"), say("谁", "ACTOR"), say("操作", "OPERATION"), say("类型", "TYPE"),
        say("键", "KEY"), say("说明", "NOTE"),
      ])
      for row in rows { table.add(row) }
      for line in table.lines { Terminal.print(line) }
      if !request.pageToken.isEmpty {
        Terminal.complain(say("还有更多（--limit \(limit)）", "There are more (--limit \(limit))"))
      }
    }
  }

  private func request() throws(Failure) -> Ledger.ListChangesRequest {
    guard limit >= 0 else { throw .input(say("--limit 不能是负数。", "--limit cannot be negative.")) }
    var request = Ledger.ListChangesRequest(
      actor: actor, recordType: type, oldestFirst: oldestFirst, withoutRecords: !json)
    if !record.isEmpty {
      let parts = record.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2, type.isEmpty || type == parts[0] else {
        throw .input(say("--record 应写作 类型/键，如 Project/P-1001", "--record must be Type/key, as Project/P-1001"))
      }
      request.recordType = parts[0]
      request.key = parts[1]
    }
    if let operation {
      let words: KeyValuePairs<String, Ledger.ChangeOperation> = [
        "新建": .create, "修改": .update, "删除": .delete, "查看": .reveal, "擦除": .erase,
      ]
      request.operation = try choice(operation, words, option: "--operation")
    }
    request.since = try since.map { (text) throws(Failure) in try pastTime(text, option: "--since") }
    request.until = try until.map { (text) throws(Failure) in try pastTime(text, option: "--until") }
    return request
  }
}

extension Ledger.Change {
  fileprivate var auditRow: [String] {
    let word =
      switch operation {
      case .create: say("新建", "create")
      case .update: say("修改", "update")
      case .delete: say("删除", "delete")
      // Of personal data; the note says why.
      case .reveal: say("查看", "reveal")
      case .erase: say("擦除", "erase")
      default: operation.name
      }
    return ["\(revision)", localTime(time) ?? "", actor, word, recordType, key, note]
  }
}

struct AuditHeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head", abstract: say("导出变更日志的末端，存到台账之外，供日后核对。", "Export the log's head, to be kept outside."),
    discussion: say("例：guobanctl audit head -o head.json", "Example: guobanctl audit head -o head.json"))

  @Option(name: .shortAndLong, help: ArgumentHelp(say("写入这个新文件", "Write to this new file"), valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let head: Ledger.LedgerHead = try await common.call(
      "/guoban.v1.AuditService/GetHead", Ledger.GetHeadRequest())
    let text = HeadFile(head).text
    guard let output else { return Terminal.print(text) }
    try writeNewFile(output, Array((text + "\n").utf8))
    Terminal.print(say("末端（修订 \(head.revision)）已写入 \(output)", "The head (revision \(head.revision)) is in \(output)"))
  }
}

struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: say("核对整本台账：变更链、每条记录、每个统计列。", "Verify the chain, every record and column."),
    discussion: say(
      "例：guobanctl audit verify --head head.json\n完好时退出码为 0，不完好为 1。没有 --head 时，把末尾几行整个截掉是看不出来的。",
      "Example: guobanctl audit verify --head head.json\nExits 1 when not intact. Without --head a cut tail cannot be seen."
    ))

  @Option(help: ArgumentHelp(say("以前导出的末端", "A head that was exported before"), valueName: "file"))
  var head: String?

  @Flag(help: ArgumentHelp(say("打印 JSON", "Print JSON"))) var json = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    var request = Ledger.VerifyLedgerRequest()
    if let head { request.head = try HeadFile(path: head).head }
    try await common.withClient { client in
      let answer: Ledger.VerifyLedgerResponse = try await client.call(
        "/guoban.v1.AuditService/VerifyLedger", request, timeout: common.callTimeout ?? CommonOptions.timeoutLongest)
      if json {
        Terminal.print(try await Catalog(of: client).text(answer))
      } else {
        for fault in answer.faults { Terminal.complain(Terminal.harmless(line(fault))) }
        if answer.moreFaults { Terminal.complain(say("还有更多，没有列出。", "There are more.")) }
      }
      guard answer.intact else {
        throw Failure.refused(
          say(
            "台账不完好：请保留数据目录，并与快照核对。", "The ledger is not intact: keep the data directory and compare it with a snapshot."
          ))
      }
      if json { return }
      if answer.headCompacted {
        Terminal.complain(
          say(
            "给出的末端早于变更日志现存的最早一行（修订 \(answer.oldestRevision)），没有核对它。",
            "The given head is older than the log goes back (revision \(answer.oldestRevision)): it was not checked."))
      }
      let headNote =
        head == nil || answer.headCompacted
        ? say("没有与外存的末端核对", "not compared with a head") : say("与外存的末端相符", "as the given head says")
      Terminal.print(
        say(
          "完好：变更 \(answer.changes) 行（修订 \(answer.oldestRevision) 到 \(answer.revision)），记录 \(answer.records) 条；\(headNote)",
          "intact: \(answer.changes) changes (revisions \(answer.oldestRevision) to \(answer.revision)), \(answer.records) records; \(headNote)"
        ))
    }
  }

  private func line(_ fault: Ledger.LedgerFault) -> String {
    let place = [
      fault.revision > 0 ? say("修订 \(fault.revision)", "revision \(fault.revision)") : "",
      fault.recordType.isEmpty ? "" : "\(fault.recordType) “\(fault.key)”",
    ].filter { !$0.isEmpty }.joined(separator: " ")
    return "\(fault.kind.name)\t\(place)\t\(say(fault.message, fault.localizedMessage.english(orElse: fault.message)))"
  }
}
