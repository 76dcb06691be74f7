internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

/// Brings in a folder, file after file. A file that fails leaves the others alone.
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

  let common: CommonOptions
  let isDryRun: Bool
  let limits: ImportLimits
  private let nonce = UInt64.random(in: 1...UInt64.max)
  private var client: GuobanClient
  private var summary = Summary()
  /// Imports that stay staged during a dry run, so that later files can refer to their records.
  private var staged: [String] = []
  /// For each file that failed or was skipped, the file to correct first.
  private var toCorrect: [String: String] = [:]

  init(common: CommonOptions, isDryRun: Bool, limits: ImportLimits) async throws {
    self.common = common
    self.isDryRun = isDryRun
    self.limits = limits
    client = try await common.connect()
  }

  /// Imports every file of the folder.
  mutating func run(_ folder: ImportFolder) async throws -> Summary {
    do {
      for (place, table) in folder.tables.enumerated() {
        try await bring(table, of: folder, position: "\(place + 1)/\(folder.tables.count)")
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
    let sender = ImportSender(client: client, timeout: common.callTimeout, problemsMax: limits.problemsMax)
    for importID in staged { await sender.abort(importID) }
    await client.shutdown()
  }

  private mutating func bring(_ table: ImportTable, of folder: ImportFolder, position: String) async throws {
    Terminal.progress(say("[\(position)] 读取 \(table.file)…", "[\(position)] reading \(table.file)…"))
    let file = try folder.read(table, limits: limits)
    summary.files += 1
    summary.rows += file.rowCount
    guard file.problems.isEmpty else { return fail(file.file, file.problems) }
    // Its records would all be refused for lack of those that they refer to.
    for other in table.refersTo {
      if let first = toCorrect[other] { return skip(file.file, for: first) }
    }
    do {
      switch try await send(file, position: position) {
      case .accepted(let answer, let importID):
        if isDryRun { staged.append(importID) }
        succeed(file, answer)
      case .refused(let problems): fail(file.file, problems)
      }
    } catch let failure as Failure {
      Terminal.endProgress()
      Terminal.complain(failure.message)
      fail(file.file, ImportProblems(keptMax: 0))
    } catch let status as Status where status.code != .unavailable && status.code != .unauthenticated {
      Terminal.endProgress()
      Terminal.complain(Failure(status).message)
      fail(file.file, ImportProblems(keptMax: 0))
    }
  }

  /// Sends a file; when the answer was lost, asks once more under the same request id, which never writes twice.
  private mutating func send(_ file: ImportedFile, position: String) async throws -> ImportSender.Outcome {
    do {
      return try await sendOnce(file, position: position)
    } catch let status as Status where status.code == .unavailable && !isDryRun {
      await client.shutdown()
      client = try await common.connect()
      return try await sendOnce(file, position: position)
    }
  }

  private func sendOnce(_ file: ImportedFile, position: String) async throws -> ImportSender.Outcome {
    let sender = ImportSender(client: client, timeout: common.callTimeout, problemsMax: limits.problemsMax)
    let total = max(1, file.records.count)
    return try await sender.send(
      file, requestID: file.requestID(nonce: nonce), validateOnly: isDryRun, assume: isDryRun ? staged : []
    ) { sent in
      Terminal.progress("[\(position)] \(file.file) \(sent * 100 / total)% (\(sent)/\(file.records.count))")
    }
  }

  private mutating func succeed(_ file: ImportedFile, _ answer: Ledger.BatchUpsertResponse) {
    Terminal.endProgress()
    summary.created += Int(answer.created)
    summary.updated += Int(answer.updated)
    summary.unchanged += Int(answer.unchanged)
    let encoding = file.encoding == .utf8 ? "" : " (\(file.encoding.rawValue))"
    Terminal.print(
      padded(file.file, toWidth: 24)
        + say(
          "\(file.rowCount) 行：新增 \(answer.created)，更新 \(answer.updated)，未变 \(answer.unchanged)\(encoding)",
          "\(file.rowCount) rows: \(answer.created) new, \(answer.updated) changed, \(answer.unchanged) as before\(encoding)"
        ))
  }

  private mutating func fail(_ name: String, _ problems: ImportProblems) {
    Terminal.endProgress()
    summary.failedFiles.append(name)
    toCorrect[name] = name
    for problem in problems.kept { Terminal.complain("  " + problem.text) }
    if problems.count > problems.kept.count {
      let more = problems.count - problems.kept.count
      Terminal.complain(
        say("  ……还有 \(more) 处；加 --all-problems 全部列出。", "  … and \(more) more; --all-problems lists them."))
    }
    let count = problems.count
    Terminal.print(
      padded(name, toWidth: 24)
        + (count == 0
          ? say("失败，一条也没有写入", "failed; nothing of it was written")
          : say("失败：\(count) 处有误，一条也没有写入", "failed: \(count) problems; nothing of it was written")))
  }

  private mutating func skip(_ name: String, for first: String) {
    Terminal.endProgress()
    summary.skippedFiles.append(name)
    toCorrect[name] = first
    Terminal.print(padded(name, toWidth: 24) + say("未处理：先改正 \(first)", "skipped: correct \(first) first"))
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
