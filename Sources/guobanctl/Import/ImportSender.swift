internal import Crypto
internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

/// Sends records of one file and has them written in one atomic commit.
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

  /// How much the daemon takes in one import.
  func capacity(recordType: String) async throws -> (records: Int, bytes: Int) {
    let begun: Ledger.BeginImportResponse = try await client.call(
      "\(Self.service)/BeginImport", Ledger.BeginImportRequest(recordType: recordType), timeout: timeout)
    await abort(begun.importId)
    return (Int(begun.recordsMax), Int(clamping: begun.bytesMax))
  }

  /// Stages the records and commits them; with `validateOnly` the import stays staged and nothing is written.
  /// - Parameter progress: told how many records have been taken so far.
  func send(
    _ file: ImportedFile, requestID: String, validateOnly: Bool, assume: [String], progress: (Int) -> Void
  ) async throws -> Outcome {
    let begun: Ledger.BeginImportResponse = try await client.call(
      "\(Self.service)/BeginImport",
      Ledger.BeginImportRequest(
        recordType: file.recordType, requestId: requestID,
        updateMask: file.log.mask.isEmpty ? nil : .init(paths: file.log.mask)),
      timeout: timeout)
    do {
      let outcome = try await stage(file, begun, validateOnly: validateOnly, assume: assume, progress: progress)
      if case .refused = outcome { await abort(begun.importId) }
      return outcome
    } catch {
      await abort(begun.importId)
      throw error
    }
  }

  private func stage(
    _ file: ImportedFile, _ begun: Ledger.BeginImportResponse, validateOnly: Bool, assume: [String],
    progress: (Int) -> Void
  ) async throws -> Outcome {
    let problems = try await append(file, to: begun.importId, progress: progress)
    guard problems.isEmpty else { return .refused(problems) }
    return try await commit(
      file, Ledger.CommitImportRequest(importId: begun.importId, validateOnly: validateOnly, assume: assume))
  }

  private func commit(_ file: ImportedFile, _ request: Ledger.CommitImportRequest) async throws -> Outcome {
    do throws(Status) {
      let written = try await client.call(
        "\(Self.service)/CommitImport", request, as: Ledger.BatchUpsertResponse.self, timeout: timeout)
      return .accepted(written, importID: request.importId)
    } catch {
      let problems = problems(of: error, in: file)
      guard !problems.isEmpty else { throw error }
      return .refused(problems)
    }
  }

  private func problems(of status: Status, in file: ImportedFile) -> ImportProblems {
    var problems = ImportProblems(keptMax: problemsMax)
    problems.append(status.violations(limits: .standard), in: file)
    return problems
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
    let pieces = Self.pieces(of: file.records, countMax: countMax, bytesMax: bytesMax)
    var sent = 0
    for (sequence, piece) in pieces.enumerated() {
      let request = Ledger.AppendImportRequest(
        importId: importID, sequence: UInt32(truncatingIfNeeded: sequence), records: piece.map(\.bytes))
      let answer = try await client.call(
        "\(Self.service)/AppendImport", request, as: Ledger.AppendImportResponse.self, timeout: timeout)
      problems.append(answer.fieldViolations, in: file)
      sent += piece.count
      progress(sent)
    }
    return problems
  }

  /// The records in pieces that fit into one message each. One that is too long by itself still goes, alone: the daemon
  /// says best what is wrong with it.
  private static func pieces(
    of records: [ImportedRecord], countMax: Int, bytesMax: Int
  ) -> [ArraySlice<ImportedRecord>] {
    var pieces: [ArraySlice<ImportedRecord>] = []
    var start = 0
    var room = bytesMax
    for (index, record) in records.enumerated() {
      room -= record.bytes.count + 8
      if index > start, room < 0 || index - start == countMax {
        pieces.append(records[start..<index])
        start = index
        room = bytesMax - record.bytes.count - 8
      }
    }
    return start < records.count ? pieces + [records[start...]] : pieces
  }
}

extension ImportProblems {
  fileprivate mutating func append(_ violations: [Google.BadRequest.FieldViolation], in file: ImportedFile) {
    for violation in violations { append(file.problem(violation)) }
  }
}

extension ImportedFile {
  /// Where in the file the daemon's objection lies.
  func problem(_ violation: Google.BadRequest.FieldViolation) -> ImportProblem {
    problem(
      field: violation.field,
      violation: RuleViolation(
        rule: violation.reason, message: violation.description, englishMessage: violation.englishDescription))
  }

  /// The name of one attempt to bring in these very records.
  ///
  /// The digest ties it to what is sent, the run's name to this import: a lost answer is asked for again under the same
  /// name, while an older version of a file that is imported again later is really written again.
  func requestID(run: String) -> String {
    var hash = SHA256()
    for record in records {
      hash.update(data: BigEndian.bytes(UInt64(record.bytes.count)))
      hash.update(data: record.bytes)
    }
    let digest = hexadecimal(hash.finalize().prefix(12))
    return "import-\(recordType)-\(digest)-\(run)"
  }
}
