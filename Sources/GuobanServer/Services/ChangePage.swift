internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// One page of ListChanges.
struct ChangePage {
  private var query: ChangeQuery
  private let conditions: String
  private let bytesMax: Int

  /// Reads conditions, size and token of a request; refuses a token that was given for other conditions.
  init(_ request: Ledger.ListChangesRequest, limits: ServiceLimits) throws {
    let size = try Page.size(request.pageSize, limits: limits)
    guard request.key.isEmpty || !request.recordType.isEmpty else {
      throw Status.wrong(
        "key", request.key, "NEEDS_TYPE", "写了 key，也要写 record_type：不同类型的记录可以有相同的键",
        "with key goes record_type: records of different types can have the same key")
    }
    if !request.recordType.isEmpty, RecordCatalog.definition(named: request.recordType) == nil {
      throw Status.unknownType(request.recordType, among: RecordCatalog.all)
    }
    var query = ChangeQuery(limit: size + 1)
    query.actor = request.actor
    query.type = request.recordType
    query.key = request.key
    if request.operation != .unspecified {
      guard Ledger.ChangeOperation.allCases.contains(request.operation) else {
        throw Status.wrong(
          "operation", "\(request.operation.rawValue)", "UNKNOWN_CHOICE", "没有这种操作", "there is no such operation")
      }
      query.operation = request.operation
    }
    query.oldestFirst = request.oldestFirst
    query.withoutRecords = request.withoutRecords
    if request.since != nil || request.until != nil {
      let since = request.since?.seconds ?? .min
      let until = request.until?.seconds ?? .max
      guard since <= until else {
        throw Status.wrong("until", "\(until)", "ENDS_BEFORE_START", "结束时间早于开始时间", "the end is before the beginning")
      }
      query.seconds = since..<until
    }
    var asked = request
    asked.pageSize = 0
    asked.pageToken = ""
    conditions = asked.packed().map { String($0, radix: 16) }.joined(separator: " ")
    if let text = try PageToken.key(in: request.pageToken, type: Self.tokenType, filter: conditions) {
      guard let revision = UInt64(text) else {
        throw Status.wrong(
          "page_token", request.pageToken, "PAGE_TOKEN", "不是上一页给出的页标记", "is not the token that the page before gave")
      }
      query.afterRevision = revision
    }
    self.query = query
    bytesMax = limits.pageBytesMax
  }

  /// Takes the page; one change more than fits tells whether there is a next one.
  func run(_ reader: any LedgerReader) throws -> Ledger.ListChangesResponse {
    let found = try reader.changes(query)
    var changes: [Ledger.Change] = []
    var size = 0
    for change in found.prefix(query.limit - 1) {
      size += change.record.count + Self.changeOverheadBytes
      if size > bytesMax, !changes.isEmpty { break }
      changes.append(change)
    }
    let next = changes.count < found.count ? changes.last : nil
    return Ledger.ListChangesResponse(
      changes: changes,
      nextPageToken: next.map { PageToken.make(type: Self.tokenType, filter: conditions, after: "\($0.revision)") }
        ?? "",
      oldestRevision: try reader.oldestRevision)
  }

  private static let tokenType = "change"
  /// What a change counts for beside its record.
  private static let changeOverheadBytes = 256
}
