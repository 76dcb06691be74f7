internal import Crypto
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

/// Sends one file's records and has them written in one atomic commit.
struct ImportSender {
  /// What became of a file.
  enum Outcome {
    case accepted(Ledger.BatchUpsertResponse, importID: String)
    case refused(ImportProblems)
  }

  let client: GuobanClient
  let timeout: Duration?
  let problemsMax: Int

  private static let service = "/guoban.v1.ImportService"
  /// Room in a message for everything around the records.
  private static let envelopeBytes = 4096
  private static let appendBytesMax = 1 << 20

  /// Stages the records and commits them; with `validateOnly` the import stays staged and nothing is written.
  /// - Parameter progress: told how many records have been taken so far.
  func send(
    _ file: ImportedFile, requestID: String, validateOnly: Bool, assume: [String], progress: (Int) -> Void
  ) async throws -> Outcome {
    let begun: Ledger.BeginImportResponse = try await client.call(
      "\(Self.service)/BeginImport", Ledger.BeginImportRequest(recordType: file.recordType, requestId: requestID),
      timeout: timeout)
    do {
      guard file.records.count <= Int(begun.recordsMax) else {
        throw Failure.input(
          say(
            "\(file.file) 有 \(file.records.count) 条,守护进程一次最多收 \(begun.recordsMax) 条:请拆成几个文件分别导入。",
            "\(file.file) has \(file.records.count) records; the daemon takes \(begun.recordsMax) at once: split it."))
      }
      var problems = try await append(file, to: begun.importId, progress: progress)
      if problems.isEmpty {
        do {
          let written: Ledger.BatchUpsertResponse = try await client.call(
            "\(Self.service)/CommitImport",
            Ledger.CommitImportRequest(importId: begun.importId, validateOnly: validateOnly, assume: assume),
            timeout: timeout)
          return .accepted(written, importID: begun.importId)
        } catch let status as Status where status.code == .invalidArgument {
          let violations = status.violations(limits: .standard)
          guard !violations.isEmpty else { throw status }
          for violation in violations { problems.append(file.problem(violation)) }
        }
      }
      await abort(begun.importId)
      return .refused(problems)
    } catch {
      await abort(begun.importId)
      throw error
    }
  }

  /// Drops an import. Failing at it does no harm: the daemon drops it by itself after a while.
  func abort(_ importID: String) async {
    let _: Ledger.AbortImportResponse? = try? await client.call(
      "\(Self.service)/AbortImport", Ledger.AbortImportRequest(importId: importID), timeout: .seconds(2))
  }

  private func append(
    _ file: ImportedFile, to importID: String, progress: (Int) -> Void
  ) async throws -> ImportProblems {
    var problems = ImportProblems(keptMax: problemsMax)
    let limits = client.hello.limits ?? RPC.Limits()
    let countMax = max(1, Int(limits.batchRecordsMax))
    let bytesMax = min(Self.appendBytesMax, Int(limits.messageBytesMax) - Self.envelopeBytes)
    var next = 0
    var sequence: UInt32 = 0
    while next < file.records.count {
      var request = Ledger.AppendImportRequest(importId: importID, sequence: sequence)
      var bytes = 0
      while next < file.records.count, request.records.count < countMax {
        let record = file.records[next].bytes
        // A record that is too long by itself still goes, alone: the daemon says best what is wrong with it.
        guard request.records.isEmpty || bytes + record.count + 8 <= bytesMax else { break }
        bytes += record.count + 8
        request.records.append(record)
        next += 1
      }
      let answer: Ledger.AppendImportResponse = try await client.call(
        "\(Self.service)/AppendImport", request, timeout: timeout)
      for violation in answer.fieldViolations { problems.append(file.problem(violation)) }
      sequence += 1
      progress(next)
    }
    return problems
  }
}

extension ImportedFile {
  fileprivate func problem(_ violation: Google.BadRequest.FieldViolation) -> ImportProblem {
    problem(
      field: violation.field,
      violation: RuleViolation(
        rule: violation.reason, message: violation.description, englishMessage: violation.description))
  }

  /// The name of one attempt to bring in this very file.
  ///
  /// The digest ties it to what is sent, the nonce to this run: a lost answer is asked for again under the same name,
  /// while an older version of a file that is imported again later is really written again.
  func requestID(nonce: UInt64) -> String {
    var hash = SHA256()
    for record in records {
      hash.update(data: withUnsafeBytes(of: UInt64(record.bytes.count).bigEndian) { Array($0) })
      hash.update(data: record.bytes)
    }
    let digest = hash.finalize().prefix(12).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    return "import-\(recordType)-\(digest)-\(String(nonce, radix: 36))"
  }
}
