public import GuobanMessages
internal import GuobanStorage

/// Changes to records of several types, read and checked before the writer hears of them: all of them or none.
public struct MutationBatch: Sendable {
  /// One change that has passed every check that needs no ledger.
  enum Step: Sendable {
    case create(any LedgerRecord)
    case update(any LedgerRecord, mask: [String], etag: String)
    case upsert(any LedgerRecord)
    case delete(any LedgerRecord.Type, key: String, etag: String)
    case undelete(any LedgerRecord.Type, key: String)
  }

  let steps: [Step]

  /// Those that it writes.
  public var recordTypes: [any LedgerRecord.Type] {
    Set(steps.map(\.type)).sorted().compactMap { RecordCatalog.definition(named: $0)?.type }
  }

  /// Whether a request of it must be hashed ``masked(_:)``: see ``LedgerRecord/masked()``.
  public var holdsPersonalData: Bool { recordTypes.contains { $0.schema.holdsPersonalData } }

  /// The mutations that this batch was read from, with their contacts masked.
  public func masked(_ mutations: [Ledger.Mutation]) -> [Ledger.Mutation] {
    zip(mutations, steps).map { mutation, step in
      guard let record = step.record else { return mutation }
      var masked = mutation
      masked.record = record.masked().packed()
      return masked
    }
  }

  /// Reads every mutation; throws with all that is wrong, up to a bound.
  public init(_ mutations: [Ledger.Mutation], limits: DecodeLimits) throws(LedgerError) {
    var steps: [Step] = []
    var violations: [RecordViolation] = []
    var places = MutationPlaces()
    for (index, mutation) in mutations.enumerated() {
      guard violations.count < RecordInput.violationsMax else { break }
      let path = "mutations[\(index)]."
      do throws(LedgerError) {
        let step = try Self.step(mutation, path: path, limits: limits)
        if step.isKeyed { try places.take(step, at: index) }
        steps.append(step)
      } catch {
        violations += error.violations
      }
    }
    guard violations.isEmpty else { throw .invalid(violations) }
    self.steps = steps
  }

  private static func step(
    _ mutation: Ledger.Mutation, path: String, limits: DecodeLimits
  ) throws(LedgerError) -> Step {
    guard let definition = RecordCatalog.writable.first(where: { $0.name == mutation.recordType }) else {
      let known = RecordCatalog.writable.map(\.name).joined(separator: ", ")
      throw .violation(
        path + "record_type", mutation.recordType, "UNKNOWN_TYPE", "没有可以直接写的记录类型“\(mutation.recordType)”；可用的有：\(known)",
        "there is no record type “\(mutation.recordType)” that can be written directly; there are: \(known)")
    }
    switch mutation.kind {
    case .create, .upsert, .update:
      let record: any LedgerRecord
      do throws(DecodeError) { record = try definition.type.canonical(from: mutation.record, limits: limits) } catch {
        throw .violation(path + "record", "", "MALFORMED", error.message, error.message)
      }
      // A masked update may leave the other fields empty: only the merged record is checked, on the writer.
      if mutation.kind == .update {
        return .update(record, mask: mutation.updateMask?.paths ?? [], etag: mutation.etag)
      }
      let found = record.violations(path: path + "record.")
      guard found.isEmpty else { throw .invalid(found) }
      return mutation.kind == .create ? .create(record) : .upsert(record)
    case .delete, .undelete:
      guard !mutation.key.isEmpty else {
        throw .violation(path + "key", "", "REQUIRED", "没有填写，这一项必填", "is empty; this field is required")
      }
      return mutation.kind == .delete
        ? .delete(definition.type, key: mutation.key, etag: mutation.etag)
        : .undelete(definition.type, key: mutation.key)
    default:
      throw .violation(
        path + "kind", "\(mutation.kind.rawValue)", "REQUIRED", "没有写明做什么；可用的有：CREATE、UPDATE、UPSERT、DELETE、UNDELETE",
        "does not say what to do; there are: CREATE, UPDATE, UPSERT, DELETE, UNDELETE")
    }
  }
}

extension MutationBatch.Step {
  var type: String {
    switch self {
    case .create(let record), .update(let record, _, _), .upsert(let record): Swift.type(of: record).schema.name
    case .delete(let type, _, _), .undelete(let type, _): type.schema.name
    }
  }

  /// What is to be written, where that is in the request.
  var record: (any LedgerRecord)? {
    switch self {
    case .create(let record), .update(let record, _, _), .upsert(let record): record
    case .delete, .undelete: nil
    }
  }

  /// "" as long as the ledger has to make it, see ``keyed(in:path:)``.
  var key: String {
    switch self {
    case .create(let record), .update(let record, _, _), .upsert(let record): record.isKeyed ? record.key : ""
    case .delete(_, let key, _), .undelete(_, let key): key
    }
  }

  var isKeyed: Bool { !key.isEmpty }

  /// The same with the key that the ledger makes of what the record says.
  func keyed(in reader: any LedgerReader, path: String) throws -> Self {
    guard var record, !isKeyed else { return self }
    let violations = try record.complete(in: reader, path: path + ".")
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
    switch self {
    case .create: return .create(record)
    case .upsert: return .upsert(record)
    // Without a key there is nothing to be updated, as the update will say.
    case .update, .delete, .undelete: return self
    }
  }
}

/// Which mutation of a batch has which record: each may be changed by one.
struct MutationPlaces {
  private var places: [String: Int] = [:]

  mutating func take(_ step: MutationBatch.Step, at index: Int) throws(LedgerError) {
    guard let before = places.updateValue(index, forKey: "\(step.type)/\(step.key)") else { return }
    throw .violation(
      "mutations[\(index)].key", step.key, "REPEATED_KEY",
      "第 \(before + 1) 条已经动了 \(step.type) “\(step.key)”，一批里一条记录只能动一次",
      "mutation \(before + 1) changes \(step.type) “\(step.key)” already; a batch changes a record once")
  }
}

extension LedgerError {
  /// One field breaks a rule.
  static func violation(
    _ field: String, _ value: String, _ rule: String, _ message: String, _ englishMessage: String
  ) -> LedgerError {
    .invalid([RecordViolation(field: field, value: value, rule: rule, message, englishMessage)])
  }
}
