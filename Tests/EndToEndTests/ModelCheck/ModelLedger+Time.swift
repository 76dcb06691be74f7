import GuobanModel
import GuobanWire

/// What time does: contacts that are needed no longer are erased, and the oldest rows of the change log go.
extension ModelLedger {
  /// Whom to talk to. All that are known have the same name, and phones that look the same where they are masked.
  enum Contact: Equatable {
    case nobody
    case known(phone: String)
    case erased

    var isKnown: Bool { if case .known = self { true } else { false } }
  }

  struct Enterprise: Equatable {
    var name: String
    var contact: Contact
    var revision: UInt64 = 0

    func isSame(_ other: Enterprise) -> Bool { name == other.name && contact == other.contact }
  }

  /// A record that is gone, with what the log knows of it.
  struct Deleted<Record: Equatable>: Equatable {
    var record: Record
    /// The row that holds it as it was last.
    var written: UInt64
    /// The row that says that it was deleted.
    var deleted: UInt64
    var day: Int
  }

  /// Where the change log ended on a day that is over.
  struct DayEnd: Equatable {
    var day: Int
    var revision: UInt64
  }

  /// What else than a refusal is worth comparing of an answer.
  enum Answer: Equatable {
    case revealed(phone: String, revision: UInt64)
    case erased(records: UInt64, deletedRecords: UInt64)
    case compacted(changes: UInt64, through: UInt64?)
  }

  static let contactName = "张三丰"
  static let phones = ["13812341234", "13856781234"]
  static let retentionDays = 180
  /// The law's six months.
  static let keptDaysMin = 184
  /// The histories are of 2026 and after, whenever they are made.
  static let firstDay = 20_514

  var isAnythingDue: Bool {
    passes.values.contains(where: isDue) || deletedEnterprises.values.contains(where: isDue)
  }

  /// Whether a compaction that keeps as little as it may has something to remove.
  var hasOldRows: Bool { ends.contains { $0.day < today - Self.keptDaysMin && $0.revision >= oldest } }

  var dateText: String { Self.date(today) }

  static func date(_ day: Int) -> String { (try? CivilDate(daysSinceEpoch: day).text) ?? "" }

  /// The day ends, and on another one the daemon starts, which erases what has become due.
  mutating func begin(_ day: Int) {
    ends.append(DayEnd(day: today, revision: revision))
    today = day
    eraseDue()
  }

  mutating func eraseDue() {
    let before = revision
    for (number, pass) in passes where isDue(pass) {
      passes[number]?.contact = .erased
      revision += 1
    }
    let records = revision - before
    for (uscc, deleted) in deletedEnterprises where isDue(deleted) {
      deletedEnterprises[uscc]?.record.contact = .erased
      revision += 1
    }
    answer = .erased(records: records, deletedRecords: revision - before - records)
  }

  /// Removes the rows of the days that are longer ago than the last `days`, and writes one that says so.
  mutating func compact(days: Int) throws(Refusal) {
    guard days >= Self.keptDaysMin else { throw Refusal(code: .invalidArgument, reason: "TOO_FEW_DAYS") }
    guard let end = ends.last(where: { $0.day < today - days })?.revision, end >= oldest else {
      answer = .compacted(changes: 0, through: nil)
      return
    }
    answer = .compacted(changes: end - oldest + 1, through: end)
    oldest = end + 1
    revision += 1
  }

  /// A record as it is to come back.
  func restorable<Record>(_ deleted: Deleted<Record>?) throws(Refusal) -> Record {
    guard let deleted, deleted.deleted >= oldest else { throw Refusal(code: .notFound) }
    guard deleted.written >= oldest else { throw Refusal(code: .failedPrecondition, reason: "COMPACTED") }
    return deleted.record
  }

  mutating func keep(_ uscc: String, _ enterprise: Enterprise) {
    var enterprise = enterprise
    let old = enterprises[uscc]
    // Nobody brings back what was erased, and saying nothing of it takes nothing away.
    if old?.contact == .erased, enterprise.contact == .nobody { enterprise.contact = .erased }
    if let old, old.isSame(enterprise) { return }
    put(uscc, enterprise)
  }

  mutating func drop(_ uscc: String) throws(Refusal) {
    guard let old = enterprises.removeValue(forKey: uscc) else { throw Refusal(code: .notFound) }
    revision += 1
    deletedEnterprises[uscc] = Deleted(record: old, written: old.revision, deleted: revision, day: today)
  }

  mutating func bringBack(_ uscc: String) throws(Refusal) {
    guard enterprises[uscc] == nil else { throw Refusal(code: .alreadyExists) }
    put(uscc, try restorable(deletedEnterprises[uscc]))
  }

  /// Shows a contact; the row that says so is written only when there is one.
  mutating func reveal(_ type: String, _ key: String) throws(Refusal) {
    guard let contact = type == "Pass" ? passes[key]?.contact : enterprises[key]?.contact else {
      throw Refusal(code: .notFound)
    }
    switch contact {
    case .nobody: throw Refusal(code: .notFound, reason: "NO_CONTACT")
    case .erased: throw Refusal(code: .notFound, reason: "ERASED")
    case .known(let phone):
      revision += 1
      answer = .revealed(phone: phone, revision: revision)
    }
  }

  private mutating func put(_ uscc: String, _ enterprise: Enterprise) {
    revision += 1
    enterprises[uscc] = enterprise
    enterprises[uscc]?.revision = revision
    deletedEnterprises[uscc] = nil
  }

  private func isDue(_ pass: Pass) -> Bool { pass.contact.isKnown && pass.until < today - Self.retentionDays }

  private func isDue(_ deleted: Deleted<Enterprise>) -> Bool {
    deleted.record.contact.isKnown && deleted.day < today - Self.retentionDays
  }
}
