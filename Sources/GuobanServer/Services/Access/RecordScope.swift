internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// What a principal who is held to a region may see and write: the rules behind the scoped store.
///
/// To read, a record outside the region is not there: get says NOT_FOUND, lists and sums leave it out, references to it
/// dangle. To write, it is PERMISSION_DENIED: a key is unique in the whole ledger, so that somebody has it cannot be
/// hidden from whoever wants to take it.
struct RecordScope: Sendable {
  let principal: String
  let region: RegionScope

  /// The condition that keeps a query within the region; nil where everybody sees everything.
  func condition(on source: String) throws -> Filter? {
    guard case .region(let path) = try SourceTie.of(source).tie else { return nil }
    return .isOne(column: path, of: Array(region.codes))
  }

  /// `filter`, and within the region.
  func narrowed(_ filter: Filter?, on source: String) throws -> Filter? {
    if let filter { try check(paths: filter.columns, on: source) }
    guard let condition = try condition(on: source) else { return filter }
    return filter.narrowed(by: condition)
  }

  /// Refuses paths that lead to records which the region does not cover: what they hold could be found out by asking for
  /// it. Through shared records, and to the record that the tie itself leads through, they may go.
  func check(paths: [String], on source: String) throws {
    let seen = try SourceTie.of(source)
    for path in paths where path.contains(".") {
      for step in try seen.steps(of: path) where !seen.covers(step) {
        throw denied(
          "筛选、分组和合计不能经过 \(source).\(step.path) 去看别的 \(step.target)：它可能属于别的区划",
          "a filter, group or sum cannot go through \(source).\(step.path) to another \(step.target): it may belong to another region",
          rule: "PATH_OUTSIDE_REGION")
      }
    }
  }

  /// Whether the principal sees this record.
  func sees(_ type: String, _ bytes: [UInt8], in reader: any LedgerReader) throws -> Bool {
    guard case .region = try SourceTie.of(type).tie else { return true }
    return region.contains(try code(of: try project(type, bytes), in: reader).code)
  }

  /// The same without asking for other records; nil when that would be needed.
  func seesAtOnce(_ type: String, _ bytes: [UInt8]) -> Bool? {
    guard let tie = try? SourceTie.of(type).tie else { return nil }
    guard case .region(let path) = tie else { return true }
    guard !path.contains("."), let record = try? project(type, bytes) else { return nil }
    return region.contains(record.text(at: path))
  }

  /// Refuses to write what belongs to all regions at once.
  func checkWritable(_ type: String) throws {
    guard case .shared = try SourceTie.of(type).tie else { return }
    throw denied(
      "\(type) 是各区划共用的，要由不限区划的人来改", "\(type) is shared by all regions, for those to change who are not held to one",
      rule: "SHARED_RECORD")
  }

  /// Refuses a record, as it is about to be or as it was, that is not within the region.
  func checkWithin(_ record: StoredRecord, isNew: Bool, in reader: any LedgerReader) throws {
    let (code, through) = try code(of: record, in: reader)
    if region.contains(code) { return }
    guard isNew else {
      throw denied(
        "\(record.type) “\(record.key)”已有，属于别的区划，不能改也不能删",
        "\(record.type) “\(record.key)” is there and belongs to another region: it can be neither changed nor deleted",
        rule: "RECORD_OUTSIDE_REGION")
    }
    guard let through else {
      throw denied(
        "不能写 \(record.type) “\(record.key)”：" + (code.isEmpty ? "它没有区划" : "它的区划“\(code)”不在其中"),
        "cannot write \(record.type) “\(record.key)”: "
          + (code.isEmpty ? "it has no region" : "its region “\(code)” is not among them"),
        rule: "NEW_VALUE_OUTSIDE_REGION")
    }
    throw denied(
      "不能写 \(record.type) “\(record.key)”：它的 \(through) 不在其中，或台账里没有",
      "cannot write \(record.type) “\(record.key)”: its \(through) is not among them, or not in the ledger",
      rule: "NEW_VALUE_OUTSIDE_REGION")
  }

  func denied(_ message: String, _ englishMessage: String, rule: String) -> Status {
    Status(
      .permissionDenied, "\(principal) 只管区划 \(region.region) 及其下级：\(message)",
      "\(principal) is held to region \(region.region) and those below it: \(englishMessage)"
    )
    .reason(rule, ["principal": principal, "region": region.region])
  }

  func project(_ type: String, _ bytes: [UInt8]) throws -> StoredRecord {
    try RecordCatalog.project(type: type, bytes: bytes, limits: .standard)
  }

  /// Follows the tie to the region's code; "" where it leads nowhere. `through` names the reference that was followed.
  private func code(
    of record: StoredRecord, in reader: any LedgerReader
  ) throws -> (code: String, through: String?) {
    guard case .region(let path) = try SourceTie.of(record.type).tie else { return ("", nil) }
    var record = record
    var through: String?
    var names = path.split(separator: ".").map(String.init)
    while names.count > 1 {
      let name = names.removeFirst()
      let key = record.text(at: name)
      through = through ?? "\(name) “\(key)”"
      guard let target = record.schema?.columns.first(where: { $0.name == name })?.references,
        let bytes = try reader.record(target, key)
      else { return ("", through) }
      record = try project(target, bytes)
    }
    return (record.text(at: names.first ?? ""), through)
  }
}

extension StoredRecord {
  fileprivate var schema: RecordSchema? { RecordCatalog.definition(named: type)?.type.schema }

  /// A text column's value; "" when there is none.
  fileprivate func text(at column: String) -> String {
    guard let index = schema?.columns.firstIndex(where: { $0.name == column }), index < columns.count,
      case .text(let text) = columns[index]
    else { return "" }
    return text
  }
}
