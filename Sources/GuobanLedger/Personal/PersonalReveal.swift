public import GuobanMessages
public import GuobanStorage

/// Shows the contacts of a record whole. The row in the change log that says who saw them, and why, is written by the same
/// request: whoever waits for it to be durable before answering shows nothing that is not in the log.
public struct PersonalReveal: Sendable {
  private let definition: RecordDefinition
  private let request: Ledger.RevealPersonalDataRequest

  /// The reason in the log.
  static let reasonCharactersMax = 200

  /// Checks everything that needs no ledger.
  public init(_ request: Ledger.RevealPersonalDataRequest) throws(LedgerError) {
    var checks = RecordChecks(path: "")
    checks.name("reason", request.reason, max: Self.reasonCharactersMax)
    checks.reference("key", request.key)
    let types = RecordCatalog.all.filter { $0.type.schema.holdsPersonalData }
    guard let definition = types.first(where: { $0.name == request.recordType }) else {
      checks.report(
        "record_type", value: request.recordType, rule: "NO_PERSONAL_DATA",
        "“\(request.recordType)”没有个人信息；有的是：\(types.map(\.name).joined(separator: "、"))",
        "“\(request.recordType)” has no personal data; these have: \(types.map(\.name).joined(separator: ", "))")
      throw .invalid(checks.violations)
    }
    guard checks.violations.isEmpty else { throw .invalid(checks.violations) }
    self.definition = definition
    self.request = request
  }

  /// What the caller must be allowed to read besides.
  public var type: any LedgerRecord.Type { definition.type }

  /// Opens the contacts and writes the row that says so.
  public func run(_ writer: any LedgerWriter) throws -> Ledger.RevealPersonalDataResponse {
    guard let bytes = try writer.record(definition.name, request.key) else {
      throw LedgerError.notFound(definition.name, request.key)
    }
    let contacts = try definition.type.contacts(in: bytes, writer)
    let revision = writer.nextRevision
    try writer.note(.reveal, definition.name, request.key, note: request.reason)
    return Ledger.RevealPersonalDataResponse(contacts: contacts, revision: revision)
  }
}

extension LedgerRecord {
  /// The contacts of a stored record, whole; throws when there is nobody to show.
  fileprivate static func contacts(
    in bytes: [UInt8], _ reader: any LedgerReader
  ) throws -> [Ledger.RevealedContact] {
    var record = try Self(packed: bytes, limits: .standard)
    let opened = try reader.openContacts(of: record)
    guard opened.isEmpty else { return opened.map { Ledger.RevealedContact(field: $0.field, contact: $0.contact) } }
    var isErased = false
    record.visitContacts { isErased = isErased || $1?.eraseTime != nil }
    throw isErased
      ? LedgerError(
        .notFound, reason: "ERASED", "“\(record.key)”的个人信息已过保存期，已经删除",
        "the personal data of “\(record.key)” were erased when their time was over")
      : LedgerError(.notFound, reason: "NO_CONTACT", "“\(record.key)”没有登记联系人", "“\(record.key)” has no contact")
  }
}
