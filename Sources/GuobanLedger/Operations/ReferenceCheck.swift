internal import GuobanStorage

/// Finds references to records that are not there. Runs after a batch is written, so its records may be in any order.
struct ReferenceCheck {
  private struct Reference: Hashable {
    var type: String
    var key: String
  }

  private var known = Set<Reference>()
  private var violations: [RecordViolation] = []

  mutating func check(_ record: any LedgerRecord, path: String, in reader: any LedgerReader) throws {
    for (column, value) in zip(type(of: record).schema.columns, record.ownColumns) {
      guard let type = column.references, case .text(let key) = value, !key.isEmpty else { continue }
      let reference = Reference(type: type, key: key)
      if known.contains(reference) { continue }
      if try reader.record(type, key) != nil {
        known.insert(reference)
      } else if violations.count < RecordInput.violationsMax {
        violations.append(
          RecordViolation(
            field: path + column.name, value: key, rule: "NO_SUCH_\(type.uppercased())",
            message: "台账里没有 \(type) “\(key)”；请先录入它，或改正这一项"))
      }
    }
  }

  func finish() throws(LedgerError) {
    guard violations.isEmpty else { throw .invalid(violations) }
  }
}
