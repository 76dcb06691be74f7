internal import Crypto
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire
internal import Synchronization

/// Imports that are being sent, in memory, bounded in number, size and time.
final class ImportStaging: Sendable {
  /// One file on its way in.
  struct Import {
    let owner: String
    let definition: RecordDefinition
    let requestID: String
    /// Fields that are written of records that are there; empty: all.
    let mask: [String]
    var input: RecordInput
    var digest = SHA256()
    var bytes = 0
    var nextSequence: UInt32 = 0
    var lastResponse = Ledger.AppendImportResponse()
    var touchedSecond: Int64
  }

  private let limits: ServiceLimits
  private let nowSecond: @Sendable () -> Int64
  private let state = Mutex(State())

  private struct State {
    var imports: [String: Import] = [:]
    /// Of all imports, those that a call is working on included.
    var bytes = 0
    /// The same by owner.
    var ownerBytes: [String: Int] = [:]

    /// An import is gone, and its bytes with it.
    mutating func forget(_ id: String) {
      guard let gone = imports.removeValue(forKey: id) else { return }
      bytes -= gone.bytes
      let left = ownerBytes[gone.owner, default: 0] - gone.bytes
      ownerBytes[gone.owner] = left > 0 ? left : nil
    }
  }

  /// Why there is no room.
  private enum Refusal {
    /// For what the caller holds itself: waiting does not help.
    case own(String, String)
    /// For what others hold, and will give back.
    case others(String, String)

    var status: Status {
      switch self {
      case .own(let message, let english): Status(.resourceExhausted, message, english)
      case .others(let message, let english): Status(.resourceExhausted, message, english).retry(after: .seconds(5))
      }
    }
  }

  /// - Parameter nowSecond: a clock that only goes forward.
  init(limits: ServiceLimits, nowSecond: @escaping @Sendable () -> Int64) {
    self.limits = limits
    self.nowSecond = nowSecond
  }

  /// Opens an import and returns its id.
  func begin(_ request: Ledger.BeginImportRequest, owner: String) throws(Status) -> String {
    guard let definition = RecordCatalog.importable.first(where: { $0.name == request.recordType }) else {
      throw .unknownType(request.recordType, among: RecordCatalog.importable)
    }
    let now = nowSecond()
    let input = RecordInput(
      type: definition.type, field: "records", isBatch: true, bounds: limits.recordBounds, limits: limits.decode)
    let id = "import-" + (0..<4).map { _ in String(UInt32.random(in: 0...UInt32.max), radix: 36) }.joined()
    var staged = Import(
      owner: owner, definition: definition, requestID: request.requestId, mask: request.updateMask?.paths ?? [],
      input: input, touchedSecond: now)
    if !staged.mask.isEmpty { staged.digest.update(data: Array(staged.mask.joined(separator: ",").utf8)) }
    let refusal = state.withLock { state -> Refusal? in
      for (id, idle) in state.imports where now - idle.touchedSecond >= limits.importIdleSecondsMax { state.forget(id) }
      guard state.imports.values.count(where: { $0.owner == owner }) < limits.importsPerOwnerMax else {
        return .own(
          "您同时进行的导入已有 \(limits.importsPerOwnerMax) 个（上限），请先提交或放弃",
          "you have \(limits.importsPerOwnerMax) imports open already, the most that may be; commit or abort one first")
      }
      guard state.imports.count < limits.importsMax else {
        return .others(
          "同时进行的导入已有 \(limits.importsMax) 个（上限），请稍后再试",
          "\(limits.importsMax) imports are open already, the most that may be; try again later")
      }
      state.imports[id] = staged
      return nil
    }
    if let refusal { throw refusal.status.reason("TOO_MANY_IMPORTS") }
    return id
  }

  /// Stages records. The same sequence again changes nothing and gets the same answer.
  func append(_ request: Ledger.AppendImportRequest, owner: String) throws(Status) -> Ledger.AppendImportResponse {
    var staged = try take(request.importId, owner: owner)
    defer { put(staged, request.importId) }
    if staged.nextSequence > 0, request.sequence == staged.nextSequence - 1 { return staged.lastResponse }
    guard request.sequence == staged.nextSequence else {
      throw Status(
        .failedPrecondition, "导入的批次应是第 \(staged.nextSequence) 批，收到的是第 \(request.sequence) 批",
        "the next part of the import is number \(staged.nextSequence), this one is \(request.sequence)"
      )
      .reason("OUT_OF_SEQUENCE", ["expected": "\(staged.nextSequence)"])
    }
    let bytes = request.records.reduce(0) { $0 + $1.count }
    guard staged.input.count + request.records.count <= limits.importRecordsMax,
      staged.bytes + bytes <= limits.importBytesMax
    else {
      throw Status(
        .resourceExhausted,
        "一次导入最多 \(limits.importRecordsMax) 条、\(limits.importBytesMax) 字节；请把文件拆开",
        "an import has at most \(limits.importRecordsMax) records and \(limits.importBytesMax) bytes; please split the file"
      ).reason("IMPORT_TOO_LARGE")
    }
    try reserve(bytes, owner: owner)
    let known = staged.input.violations.count
    for record in request.records {
      let hashed = Self.hashed(record, staged.definition, limits.decode)
      staged.digest.update(data: BigEndian.bytes(UInt64(hashed.count)))
      staged.digest.update(data: hashed)
      staged.input.append(record)
    }
    staged.bytes += bytes
    staged.nextSequence += 1
    staged.lastResponse = Ledger.AppendImportResponse(
      records: UInt32(clamping: staged.input.count), bytes: UInt64(staged.bytes),
      fieldViolations: staged.input.violations[known...].map { violation in
        Google.BadRequest.FieldViolation(
          field: violation.field, reason: violation.rule, "“\(violation.value)”：\(violation.message)",
          "“\(violation.value)”: \(violation.englishMessage)")
      })
    return staged.lastResponse
  }

  /// A record as it goes into the digest, which stands in the change log for good: see ``ServerCall/maskedDigest(_:)``.
  private static func hashed(_ record: [UInt8], _ definition: RecordDefinition, _ limits: DecodeLimits) -> [UInt8] {
    guard definition.type.schema.holdsPersonalData else { return record }
    return (try? definition.type.canonical(from: record, limits: limits).masked().packed()) ?? []
  }

  /// A look at an import, which stays staged.
  func staged(_ id: String, owner: String) throws(Status) -> Import {
    let staged = try take(id, owner: owner)
    put(staged, id)
    return staged
  }

  /// Drops an import; one that is not there, or another's, is left alone.
  func remove(_ id: String, owner: String) {
    state.withLock { state in
      guard state.imports[id]?.owner == owner else { return }
      state.forget(id)
    }
  }

  private func reserve(_ bytes: Int, owner: String) throws(Status) {
    let refusal = state.withLock { state -> Refusal? in
      guard state.ownerBytes[owner, default: 0] + bytes <= limits.importsPerOwnerBytesMax else {
        return .own(
          "您正在进行的导入合计超过 \(limits.importsPerOwnerBytesMax) 字节，请先提交或放弃",
          "your open imports have more than \(limits.importsPerOwnerBytesMax) bytes; commit or abort one first")
      }
      guard state.bytes + bytes <= limits.importsBytesMax else {
        return .others(
          "正在进行的导入合计超过 \(limits.importsBytesMax) 字节，请稍后再试",
          "the open imports have more than \(limits.importsBytesMax) bytes; try again later")
      }
      state.bytes += bytes
      state.ownerBytes[owner, default: 0] += bytes
      return nil
    }
    if let refusal { throw refusal.status.reason("IMPORTS_FULL") }
  }

  /// Takes an import out, so that two calls never work on one at once: the second finds none.
  private func take(_ id: String, owner: String) throws(Status) -> Import {
    let staged = state.withLock { state in
      state.imports[id]?.owner == owner ? state.imports.removeValue(forKey: id) : nil
    }
    guard let staged else {
      throw Status(
        .notFound, "没有这个导入“\(id)”：它可能已提交、已放弃，或闲置超过 \(limits.importIdleSecondsMax) 秒；请重新导入",
        "there is no import “\(id)”: it may be committed, aborted, or idle for more than \(limits.importIdleSecondsMax) seconds; please import again"
      )
      .reason("NO_SUCH_IMPORT")
    }
    return staged
  }

  private func put(_ staged: Import, _ id: String) {
    var staged = staged
    staged.touchedSecond = nowSecond()
    state.withLock { $0.imports[id] = staged }
  }
}
