import GuobanClient
import GuobanMessages
import GuobanWire

extension ModelOperation {
  func sendWithTime(_ client: GuobanClient, id: String, validateOnly: Bool) async throws(Status) -> [UInt8] {
    switch self {
    case .reveal(let type, let key):
      return try await client.call(
        "/guoban.v1.PersonalDataService/RevealPersonalData",
        message: Ledger.RevealPersonalDataRequest(recordType: type, key: key, reason: "核对").packed())
    case .keep(let uscc, let enterprise):
      return try await client.call(
        "/guoban.v1.EnterpriseService/BatchUpsertEnterprises",
        message: Ledger.BatchUpsertEnterprisesRequest(
          enterprises: [
            Ledger.Enterprise(
              uscc: uscc, name: enterprise.name, region: "410928", contact: enterprise.contact.message)
          ], requestId: id, validateOnly: validateOnly
        ).packed())
    case .drop(let uscc):
      return try await delete(
        client, "/guoban.v1.EnterpriseService/DeleteEnterprise", uscc, nil, id: id, validateOnly: validateOnly)
    case .bringBack(let uscc):
      return try await client.call(
        "/guoban.v1.LedgerService/Undelete",
        message: Ledger.UndeleteRequest(
          recordType: "Enterprise", key: uscc, requestId: id, validateOnly: validateOnly
        ).packed())
    case .erase:
      return try await client.call(
        "/guoban.v1.PersonalDataService/EraseDuePersonalData",
        message: Ledger.EraseDuePersonalDataRequest(validateOnly: validateOnly).packed())
    case .compact(let days):
      return try await client.call(
        "/guoban.v1.AuditService/CompactChangeLog",
        message: Ledger.CompactChangeLogRequest(days: UInt32(days), validateOnly: validateOnly).packed())
    default:
      throw Status(.unimplemented, english: "\(self) is sent elsewhere")
    }
  }
}

extension ModelLedger.Contact {
  /// As a caller gives it.
  var message: Ledger.Contact? {
    if case .known(let phone) = self { Ledger.Contact(name: ModelLedger.contactName, phone: phone) } else { nil }
  }

  /// As everybody sees it.
  var shown: String {
    switch self {
    case .nobody: ""
    case .known: "张** 138****1234"
    case .erased: "erased"
    }
  }

  static func shown(_ contact: Ledger.Contact?) -> String {
    guard let contact else { return "" }
    return contact.eraseTime == nil ? "\(contact.name) \(contact.phone)" : "erased\(contact.name)\(contact.phone)"
  }
}

extension ModelLedger.Answer {
  /// Whether this is what was answered.
  func isSaid(by bytes: [UInt8]) -> Bool {
    switch self {
    case .revealed(let phone, let revision):
      let shown = try? Ledger.RevealPersonalDataResponse(packed: bytes, limits: .standard)
      return shown?.contacts.map(\.contact) == [ModelLedger.Contact.known(phone: phone).message]
        && shown?.revision == revision
    case .erased(let records, let deletedRecords):
      let done = try? Ledger.EraseDuePersonalDataResponse(packed: bytes, limits: .standard)
      return done?.records == records && done?.deletedRecords == deletedRecords
    case .compacted(let changes, let through):
      let done = try? Ledger.CompactChangeLogResponse(packed: bytes, limits: .standard)
      return done?.removedChanges == changes && done?.compaction?.revision == through
    }
  }
}
