internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// One page of a List call (AIP-158).
struct Page {
  private let query: ListQuery
  private let filter: String
  private let bytesMax: Int

  /// Reads size, filter and token of a request; refuses a token that was given for another request.
  ///
  /// - Parameter view: what the filter speaks of, where that is not the type itself.
  init(
    _ request: Ledger.ListRecordsRequest, type: String, view: SourceView? = nil, filters: FilterParser,
    limits: ServiceLimits
  ) throws {
    let size = try Self.size(request.pageSize, limits: limits)
    // No filter holds a line break outside quotes, so that no two questions share a token.
    filter = view.map { "\($0.name)\n\(request.filter)" } ?? request.filter
    let parsed =
      if let view { try filters.parse(request.filter, over: view) } else {
        try filters.parse(request.filter, source: type)
      }
    query = ListQuery(
      type: type, filter: parsed, afterKey: try PageToken.key(in: request.pageToken, type: type, filter: filter),
      limit: size + 1)
    bytesMax = limits.pageBytesMax
  }

  /// How many a page holds when a request asks for so many.
  static func size(_ asked: Int32, limits: ServiceLimits) throws(Status) -> Int {
    guard asked >= 0 else {
      throw .wrong(
        "page_size", "\(asked)", "NEGATIVE", "每页条数不能是负数；0 表示用默认值",
        "the size of a page cannot be negative; 0 is the default")
    }
    return asked == 0 ? limits.pageSizeDefault : min(Int(asked), limits.pageSizeMax)
  }

  /// Takes the page; one record more than fits tells whether there is a next one.
  func run(_ reader: any LedgerReader) throws -> Ledger.RawListResponse {
    let found = try reader.list(query)
    var records: [[UInt8]] = []
    var size = 0
    for record in found.prefix(query.limit - 1) {
      size += record.bytes.count
      if size > bytesMax, !records.isEmpty { break }
      records.append(record.bytes)
    }
    let more = records.count < found.count
    return Ledger.RawListResponse(
      records: records,
      nextPageToken: more ? PageToken.make(type: query.type, filter: filter, after: found[records.count - 1].key) : "")
  }
}
