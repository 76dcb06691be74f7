internal import GuobanMessages
internal import GuobanStorage

/// Turns the contacts of a record that is about to be written into what the ledger keeps: plain values are sealed and
/// masked, masks that came back unchanged keep what is stored, and what was erased stays erased.
struct ContactSettlement<Record: LedgerRecord> {
  private let old: Record?
  private let reader: any LedgerWriter
  private let path: String
  private var dataKey: DataKey?

  /// - Parameters:
  ///   - old: the stored version; nil when the record is new.
  ///   - path: goes before the contacts' fields in what is refused.
  init(after old: Record?, _ writer: any LedgerWriter, path: String) {
    self.old = old
    self.path = path
    reader = writer
  }

  /// What one contact becomes.
  private struct Settled {
    /// As it was stored, when it is still that.
    var kept: Ledger.Contact?
    /// What is to be sealed otherwise.
    var plain: Ledger.Contact?
  }

  /// Settles `record` in place. Says what becomes of its data key.
  mutating func settle(_ record: inout Record) throws -> DataKeyChange {
    if old == nil {
      var isEmpty = true
      record.visitContacts { isEmpty = isEmpty && $1?.isEmpty ?? true }
      if isEmpty {
        record.visitContacts { $1 = nil }
        return .destroy
      }
    }
    var stored: [String: Ledger.Contact] = [:]
    if var old { old.visitContacts { stored[$0] = $1 } }
    let key = record.key
    var settled: [String: Settled] = [:]
    var violations: [RecordViolation] = []
    try record.visitContacts { field, contact in
      let place = ContactPlace(type: Record.schema.name, key: key, field: field)
      let before = stored.removeValue(forKey: field)
      settled[field] = try settle(contact, after: before, place, &violations)
    }
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    let isChanged = settled.values.contains { $0.plain != nil } || !stored.values.allSatisfy(\.sealed.isEmpty)
    let isSealed = settled.values.contains { $0.plain != nil || !($0.kept?.sealed.isEmpty ?? true) }
    guard isChanged else {
      record.visitContacts { field, contact in contact = settled[field]?.kept }
      return isSealed ? .keep : old == nil || hadSealed ? .destroy : .keep
    }
    return try seal(&record, settled)
  }

  private var hadSealed: Bool {
    guard var old else { return false }
    var had = false
    old.visitContacts { had = had || !($1?.sealed.isEmpty ?? true) }
    return had
  }

  /// Seals everything with a new key.
  private mutating func seal(_ record: inout Record, _ settled: [String: Settled]) throws -> DataKeyChange {
    let new = DataKey()
    let key = record.key
    var sealedCount = 0
    try record.visitContacts { field, contact in
      let place = ContactPlace(type: Record.schema.name, key: key, field: field)
      let each = settled[field]
      var plain = each?.plain
      if plain == nil, let kept = each?.kept, !kept.sealed.isEmpty { plain = try open(kept, place) }
      contact = try plain.map { try new.seal($0, as: place) } ?? each?.kept
      sealedCount += plain == nil ? 0 : 1
    }
    return sealedCount > 0 ? .replace(new.bytes) : .destroy
  }

  private mutating func settle(
    _ given: Ledger.Contact?, after stored: Ledger.Contact?, _ place: ContactPlace,
    _ violations: inout [RecordViolation]
  ) throws -> Settled {
    guard let given, !given.isEmpty else { return Settled(kept: stored?.eraseTime == nil ? nil : stored) }
    // A record that was deleted, and is brought in again as it was, brings its sealed values along. Elsewhere, or once
    // their key is destroyed, nobody can open them.
    if stored == nil, old == nil, given.isMask, !given.sealed.isEmpty, (try? open(given, place)) != nil {
      return Settled(kept: given)
    }
    guard let kept = stored, !kept.sealed.isEmpty else {
      refuseMasks(given, place, &violations)
      return Settled(plain: given)
    }
    if given.name == kept.name, given.phone == kept.phone, given.idNumber == kept.idNumber {
      return Settled(kept: kept)
    }
    let before = try open(kept, place)
    let plain = given.filled(from: before, whereItShows: kept)
    refuseMasks(plain, place, &violations)
    // A trial that told "the same" from "another" would tell a stored telephone number to whoever tries them all, and
    // leave no trace. A write that is tried in earnest overwrites it, and stands in the change log.
    return plain == before && !reader.isTrial ? Settled(kept: kept) : Settled(plain: plain)
  }

  private mutating func open(_ kept: Ledger.Contact, _ place: ContactPlace) throws -> Ledger.Contact {
    if dataKey == nil {
      guard let bytes = try reader.dataKey(place.type, place.key) else { throw DataKey.unreadable(place.key) }
      dataKey = try DataKey(bytes)
    }
    guard let dataKey else { throw DataKey.unreadable(place.key) }
    return try dataKey.open(kept, from: place)
  }

  private func refuseMasks(_ contact: Ledger.Contact, _ place: ContactPlace, _ violations: inout [RecordViolation]) {
    for (field, value) in contact.values where value.contains("*") {
      violations.append(
        RecordViolation(
          field: "\(path)\(place.field).\(field)", value: value, rule: "MASKED",
          "“\(value)”是遮盖过的，和台账里的对不上：不改就照台账里遮盖后的原样交回，要改请填完整的；别的台账导出的联系人要补全或留空",
          "“\(value)” is masked, and not as this ledger masks it: give it back as it was to keep it, or in full to change it; what another ledger exported must be filled in or left empty"
        ))
    }
  }
}
