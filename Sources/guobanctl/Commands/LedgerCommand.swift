internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: say("整本台账：摘要、变更链、导出。", "The ledger as a whole: digest, change log, export."),
    discussion: say(
      "例：guobanctl ledger verify\n    guobanctl ledger export Project > projects.jsonl",
      "Examples: guobanctl ledger verify\n          guobanctl ledger export Project > projects.jsonl"),
    subcommands: [
      LedgerDigestCommand.self, LedgerVerifyCommand.self, LedgerLogCommand.self, LedgerExportCommand.self,
      LedgerUndeleteCommand.self, LedgerCompactCommand.self,
    ])
}

struct LedgerDigestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest",
    abstract: say("打印台账的摘要；两本台账摘要相同则内容相同。", "Print the ledger's digest; equal ledgers have equal ones."),
    discussion: say("例：guobanctl ledger digest", "Example: guobanctl ledger digest"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let digest: Ledger.LedgerDigest = try await common.call(
      "/guoban.v1.LedgerService/GetLedgerDigest", Ledger.GetLedgerDigestRequest())
    Terminal.print("revision \(digest.revision) \(hexadecimal(digest.headHash))")
    for type in digest.types {
      let name = padded(Terminal.harmless(type.recordType), toWidth: 18)
      Terminal.print("\(name) \(padded(String(type.count), toWidth: 9)) \(hexadecimal(type.sha256))")
    }
  }
}

struct LedgerVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: say("核对变更链：每一行的散列是否接得上。", "Check the change log's chain of hashes."),
    discussion: say(
      "例：guobanctl ledger verify --from 1\n完好时退出码为 0，不完好为 1。",
      "Example: guobanctl ledger verify --from 1\nExits 1 when broken."))

  @Option(help: ArgumentHelp(say("从哪个修订号开始", "The revision to begin with"), valueName: "revision"))
  var from: UInt64 = 0

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.VerifyChangeLogResponse = try await common.call(
      "/guoban.v1.LedgerService/VerifyChangeLog", Ledger.VerifyChangeLogRequest(fromRevision: from), isLong: true)
    guard answer.intact else {
      let problem = Terminal.harmless(
        say(answer.problem, answer.localizedProblem.english(orElse: answer.problem)))
      throw Failure.refused(
        say(
          "变更链在修订 \(answer.revision) 处不完好：\(problem)",
          "The change log is broken at revision \(answer.revision): \(problem)"))
    }
    // Each row is a revision of its own.
    let first = answer.revision + 1 - answer.checked
    if answer.checked > 0, from < first { Terminal.complainOfCompaction(before: first) }
    Terminal.print(
      say(
        "变更链完好：核对了 \(answer.checked) 行，到修订 \(answer.revision)",
        "intact: \(answer.checked) rows, to revision \(answer.revision)"))
  }
}

struct LedgerLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: say("打印变更日志：谁在何时改了什么。", "Print the change log: who changed what, and when."),
    discussion: say(
      "例：guobanctl ledger log --after 100 --limit 20\n    guobanctl ledger log --json",
      "Examples: guobanctl ledger log --after 100 --limit 20\n          guobanctl ledger log --json"))

  @Option(
    help: ArgumentHelp(
      say("从这个修订号之后开始；不写则从现存最早的开始", "Begin after this revision; without it, with the oldest there is"),
      valueName: "revision"))
  var after: UInt64?

  @Option(help: ArgumentHelp(say("最多几行；0 为全部", "Rows at most; 0 = all"), valueName: "count"))
  var limit: UInt64 = 0

  @Flag(help: ArgumentHelp(say("每行一个 JSON", "One JSON per line")))
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      let catalog = json ? try await Catalog(of: client) : nil
      let answers: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try client.stream(
        "/guoban.v1.LedgerService/ReadChangeLog",
        Ledger.ReadChangeLogRequest(afterRevision: after ?? 0, limit: limit, skipCompacted: after == nil),
        timeout: common.callTimeout)
      var count: UInt64 = 0
      for try await answer in answers {
        if count == 0, after == nil, let oldest = answer.changes.first?.revision {
          Terminal.complainOfCompaction(before: oldest)
        }
        for change in answer.changes {
          // The daemon sends whole commits, which may be more than was asked for.
          count += 1
          if limit > 0 && count > limit { return }
          if let catalog {
            Terminal.print(oneLine(try catalog.text(change)))
          } else {
            let time = change.time.map { "\($0.seconds)" } ?? ""
            Terminal.print(
              Terminal.harmless(
                "\(change.revision)\t\(localTime(change.time) ?? time)\t\(change.actor)\t\(change.operation.name)\t"
                  + "\(change.recordType)\t\(change.key)"))
          }
        }
      }
    }
  }
}

struct LedgerExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: say("导出一种记录，每行一个 JSON。", "Export the records of a type, one JSON per line."),
    discussion: say(
      "例：guobanctl ledger export Project --filter 'region = \"410928\"'",
      "Example: guobanctl ledger export Project --filter 'region = \"410928\"'"))

  @Argument(help: ArgumentHelp(say("记录类型，如 Project", "The record type, as Project"), valueName: "type"))
  var type: String

  @Option(help: ArgumentHelp(say("筛选条件", "A filter")))
  var filter = ""

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      let catalog = try await Catalog(of: client)
      let answers: AsyncThrowingMapSequence<ServerStream, Ledger.ExportResponse> = try client.stream(
        "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: type, filter: filter),
        timeout: common.callTimeout)
      for try await answer in answers {
        for record in answer.records {
          Terminal.print(oneLine(try catalog.text(packed: record, as: "guoban.v1.\(type)")))
        }
      }
    }
  }
}
