internal import GuobanClient
internal import GuobanDaemon
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

/// Brings in files, one after another. A file that fails leaves the others alone.
///
/// Each file is read twice: once to check all of it, then to send it. What the daemon takes in one import is one atomic
/// write; a longer file goes in parts, each of them atomic. Under the same ``runName`` a part that is sent again gets its
/// first answer and is not written twice, so that a cut import goes on from its beginning.
struct ImportRun {
  /// How a run ended.
  struct Summary {
    var files = 0
    var failedFiles: [String] = []
    /// Files that were not sent because a file that they refer to failed.
    var skippedFiles: [String] = []
    var rows = 0
    var created = 0
    var updated = 0
    var unchanged = 0
  }

  /// What is asked of a run.
  struct Options {
    var isDryRun: Bool
    var showsAllProblems: Bool
    /// Of the run that is to be gone on with.
    var resume: String?
  }

  /// Records and bytes that stay in memory between the two readings; a longer file is read again.
  private static let keptRecordsMax = 100_000
  private static let keptBytesMax = 32 << 20
  /// Of one part: small enough that other writers wait a moment only.
  private static let partRecordsMax = 20_000
  private static let partBytesMax = 8 << 20
  private static let problemsShownMax = 20

  let common: CommonOptions
  let options: Options
  let limits: ImportLimits
  let errors: ErrorFiles
  let runName: String
  private var client: GuobanClient
  private var summary = Summary()
  /// Imports that stay staged during a dry run, so that later files can refer to their records.
  private var staged: [String] = []
  /// Files of a dry run that were too long to stay staged.
  private var passing: Set<String> = []
  /// For each kind of file that failed or was skipped, the file to correct first.
  private var toCorrect: [String: String] = [:]

  init(common: CommonOptions, options: Options, limits: ImportLimits, errors: ErrorFiles) async throws {
    self.common = common
    self.options = options
    self.limits = limits
    self.errors = errors
    runName = options.resume ?? String(UInt64.random(in: 1...UInt64.max), radix: 36)
    client = try await common.connect()
  }

  /// Imports every file.
  mutating func run(_ items: [ImportList.Item]) async throws -> Summary {
    do {
      for (place, item) in items.enumerated() {
        try await bring(item, position: items.count > 1 ? "[\(place + 1)/\(items.count)] " : "")
      }
    } catch {
      await finish()
      throw error
    }
    await finish()
    return summary
  }

  private func finish() async {
    Terminal.endProgress()
    for importID in staged { await sender.abort(importID) }
    await client.shutdown()
  }

  private var sender: ImportSender {
    ImportSender(client: client, timeout: common.callTimeout, problemsMax: limits.problemsMax)
  }

  private mutating func bring(_ item: ImportList.Item, position: String) async throws {
    summary.files += 1
    let (checked, count) = check(item, position)
    summary.rows += checked.rowCount
    for note in checked.log.notes { Terminal.complain("  \(item.source.name)：" + Terminal.harmless(note)) }
    guard checked.problems.isEmpty else { return try fail(item, checked.log, checked.problems) }
    // Its records would all be refused for lack of those that they refer to.
    for other in item.table.refersTo {
      if let first = toCorrect[other] { return skip(item, for: first) }
    }
    if options.isDryRun, let other = item.table.refersTo.first(where: passing.contains) {
      return pass(item, checked, unlessIn: other)
    }
    do {
      let capacity = try await sender.capacity(recordType: item.table.recordType)
      let bytes = checked.records.reduce(0) { $0 + $1.bytes.count }
      if checked.records.count == count, count <= capacity.records, bytes <= capacity.bytes {
        try await sendWhole(item, checked, position)
      } else {
        try await sendParts(item, count: count, capacity: capacity, position)
      }
    } catch let failure as Failure where failure.exitCode != 69 {
      Terminal.endProgress()
      Terminal.complain(failure.message)
      try fail(item, checked.log, ImportProblems(keptMax: 0))
    } catch let status as Status where status.code != .unavailable && status.code != .unauthenticated {
      Terminal.endProgress()
      Terminal.complain(Failure(status).message)
      try fail(item, checked.log, ImportProblems(keptMax: 0))
    }
  }

  /// Reads all of a file. Its records are in the answer unless there are too many to keep.
  private func check(_ item: ImportList.Item, _ position: String) -> (file: ImportedFile, count: Int) {
    var stream = item.open(limits)
    var progress = Progress(
      position + say("检查 \(item.source.name)", "checking \(item.source.name)"), unit: say("行", "rows"))
    var kept = stream.part(recordsMax: 0, bytesMax: 0)
    var count = 0
    var bytes = 0
    while let record = stream.next() {
      count += 1
      bytes += record.bytes.count
      if count <= Self.keptRecordsMax, bytes <= Self.keptBytesMax {
        kept.records.append(record)
      } else if !kept.records.isEmpty {
        kept.records = []
      }
      if count % 64 == 0 { progress.show(count, of: nil) }
    }
    kept.log = stream.log
    return (kept, count)
  }

  private mutating func sendWhole(_ item: ImportList.Item, _ file: ImportedFile, _ position: String) async throws {
    var progress = Progress(position + file.file, unit: say("条", "records"))
    switch try await send(file, { progress.show($0, of: file.records.count) }) {
    case .accepted(let answer, let importID):
      if options.isDryRun { staged.append(importID) }
      succeed(item, file.log, answer)
    case .refused(let problems): try fail(item, file.log, problems)
    }
  }

  private mutating func sendParts(
    _ item: ImportList.Item, count: Int, capacity: (records: Int, bytes: Int), _ position: String
  ) async throws {
    let partRecords = min(Self.partRecordsMax, capacity.records)
    let partBytes = min(Self.partBytesMax, capacity.bytes / 2)
    Terminal.endProgress()
    if !options.isDryRun {
      Terminal.complain(
        say(
          "\(item.source.name) 有 \(count) 条，超过守护进程一次收的量，分部分写入，每部分最多 \(partRecords) 条：一部分要么全写、要么全不写。\n  中断了就用同一命令加 --resume \(runName) 接着导入，写过的部分不会重写。",
          "\(item.source.name) has \(count) records, more than the daemon takes at once: it goes in parts of at most \(partRecords), each written as a whole or not at all.\n  After a cut, give the same command with --resume \(runName); what was written is not written again."
        ))
    }
    var stream = item.open(limits)
    var progress = Progress(position + item.source.name, unit: say("条", "records"))
    var total = Ledger.BatchUpsertResponse()
    var problems = ImportProblems(keptMax: limits.problemsMax)
    var done = 0
    var parts = 0
    while true {
      let part = stream.part(recordsMax: partRecords, bytesMax: partBytes)
      guard !part.records.isEmpty else { break }
      guard stream.log.problems.isEmpty else { throw Self.changed(item) }
      parts += 1
      let before = done
      let outcome: ImportSender.Outcome
      do {
        outcome = try await send(part) { progress.show(before + $0, of: count) }
      } catch {
        Terminal.endProgress()
        Terminal.complain(cut(item, part: parts, done: done))
        throw error
      }
      switch outcome {
      case .accepted(let answer, let importID):
        total.created += answer.created
        total.updated += answer.updated
        total.unchanged += answer.unchanged
        if options.isDryRun { await sender.abort(importID) }
      case .refused(let refused): problems.append(refused)
      }
      done += part.records.count
    }
    guard done == count else { throw Self.changed(item) }
    if options.isDryRun { passing.insert(item.table.stem) }
    guard problems.isEmpty else {
      summary.created += Int(total.created)
      summary.updated += Int(total.updated)
      summary.unchanged += Int(total.unchanged)
      return try fail(item, stream.log, problems, written: total)
    }
    succeed(item, stream.log, total)
  }

  private func cut(_ item: ImportList.Item, part: Int, done: Int) -> String {
    say(
      "\(item.source.name) 在第 \(part) 部分中断：前 \(done) 条已处理，这一部分之后的没有写入。用同一命令加 --resume \(runName) 接着导入。",
      "\(item.source.name) was cut in part \(part): the first \(done) records are done, nothing after them is written. Go on with the same command and --resume \(runName)."
    )
  }

  private static func changed(_ item: ImportList.Item) -> Failure {
    .refused(
      say(
        "\(item.source.name) 在检查之后变了，没有写完：请等它不再变动后重新导入。",
        "\(item.source.name) has changed since it was checked and is not written to its end; import it again."))
  }

  /// Sends records; when the answer was lost, asks once more under the same request id, which never writes twice.
  private mutating func send(
    _ file: ImportedFile, _ progress: (Int) -> Void
  ) async throws -> ImportSender.Outcome {
    do {
      return try await sendOnce(file, progress)
    } catch let status as Status where status.code == .unavailable && !options.isDryRun {
      await client.shutdown()
      client = try await common.connect()
      return try await sendOnce(file, progress)
    }
  }

  private func sendOnce(_ file: ImportedFile, _ progress: (Int) -> Void) async throws -> ImportSender.Outcome {
    try await sender.send(
      file, requestID: file.requestID(run: runName), validateOnly: options.isDryRun,
      assume: options.isDryRun ? staged : [], progress: progress)
  }
}

/// What is said about each file.
extension ImportRun {
  private mutating func succeed(_ item: ImportList.Item, _ log: ReadingLog, _ answer: Ledger.BatchUpsertResponse) {
    Terminal.endProgress()
    summary.created += Int(answer.created)
    summary.updated += Int(answer.updated)
    summary.unchanged += Int(answer.unchanged)
    let encoding = log.encoding == .utf8 ? "" : " (\(log.encoding.rawValue))"
    Terminal.print(
      padded(log.file, toWidth: 24)
        + say(
          "\(log.rowCount) 行：新增 \(answer.created)，更新 \(answer.updated)，未变 \(answer.unchanged)\(encoding)",
          "\(log.rowCount) rows: \(answer.created) new, \(answer.updated) changed, \(answer.unchanged) as before\(encoding)"
        ))
  }

  private mutating func pass(_ item: ImportList.Item, _ file: ImportedFile, unlessIn other: String) {
    Terminal.endProgress()
    passing.insert(item.table.stem)
    Terminal.print(
      padded(file.file, toWidth: 24)
        + say(
          "\(file.rowCount) 行：文件本身没有问题；它引用的 \(other) 太长，试运行时没有留在守护进程里，引用没有查",
          "\(file.rowCount) rows: nothing is wrong with the file itself; its references into \(other) were not checked")
    )
  }

  private mutating func fail(
    _ item: ImportList.Item, _ log: ReadingLog, _ problems: ImportProblems, written: Ledger.BatchUpsertResponse? = nil
  ) throws {
    Terminal.endProgress()
    let name = item.source.name
    summary.failedFiles.append(name)
    toCorrect[item.table.stem] = name
    let shown = options.showsAllProblems ? problems.kept[...] : problems.kept.prefix(Self.problemsShownMax)
    for problem in shown { Terminal.complain("  " + problem.text) }
    if problems.count > shown.count {
      let more = problems.count - shown.count
      Terminal.complain(
        say("  ……还有 \(more) 处；加 --all-problems 全部列出。", "  … and \(more) more; --all-problems lists them."))
    }
    let count = problems.count
    let rest =
      if let written {
        say(
          "失败：\(count) 处有误，有误的部分没有写入；其余部分已写入（新增 \(written.created)，更新 \(written.updated)，未变 \(written.unchanged)）",
          "failed: \(count) problems; the parts that have them were not written, the others were")
      } else if count == 0 {
        say("失败，一条也没有写入", "failed; nothing of it was written")
      } else {
        say("失败：\(count) 处有误，一条也没有写入", "failed: \(count) problems; nothing of it was written")
      }
    Terminal.print(padded(name, toWidth: 24) + rest)
    try writeErrors(item, log, problems)
  }

  private func writeErrors(_ item: ImportList.Item, _ log: ReadingLog, _ problems: ImportProblems) throws {
    guard !problems.isEmpty else { return }
    let copy = ErrorCopy(
      item.source, log: log, problems: problems, limits: limits, inEnglish: language == .english)
    guard copy.isPossible else { return }
    do {
      if let path = try errors.write(copy, of: item.source) {
        Terminal.complain(
          say(
            "  带“\(ReasonColumn.head)”的副本在 \(path)：在里面改好后，直接导入这个文件。",
            "  A copy with the reasons is in \(path); mend it there and import that file."))
      } else {
        Terminal.complain(
          say(
            "  加 --errors \(ErrorFiles.suggestion(for: item.source)) 可写出带“\(ReasonColumn.head)”列的副本，改好副本直接导入即可。",
            "  --errors \(ErrorFiles.suggestion(for: item.source)) writes a copy with a column of reasons, to mend and import."
          ))
      }
    } catch {
      Terminal.complain(
        say("  带原因的副本没有写成：\(error)", "  The copy with the reasons could not be written: \(error)"))
    }
  }

  private mutating func skip(_ item: ImportList.Item, for first: String) {
    Terminal.endProgress()
    summary.skippedFiles.append(item.source.name)
    toCorrect[item.table.stem] = first
    Terminal.print(
      padded(item.source.name, toWidth: 24) + say("未处理：先改正 \(first)", "skipped: correct \(first) first"))
  }
}

extension ImportProblem {
  /// `projects.csv 第 17 行“总投资(亿元)”：…`
  var text: String {
    let place = line == 0 ? file : say("\(file) 第 \(line) 行", "\(file) line \(line)")
    let cell = column.isEmpty ? "" : say("“\(column)”", " \"\(column)\"")
    return Terminal.harmless(
      say("\(place)\(cell)：\(violation.message)", "\(place)\(cell): \(violation.englishMessage)"))
  }
}
