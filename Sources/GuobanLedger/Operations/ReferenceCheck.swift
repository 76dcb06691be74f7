internal import GuobanMessages
internal import GuobanStorage

/// Finds references to records that are not there, and regions that are above themselves. Runs after a batch is written,
/// so its records may be in any order.
struct ReferenceCheck {
  private var known = Set<RecordKey>()
  /// Most requests have one record, and nothing to remember.
  private var isFirst = true
  private var violations: [RecordViolation] = []

  /// Regions above a region: province, city, county, township, village, and room for zones in between.
  private static let regionDepthMax = 8

  mutating func check(_ record: any LedgerRecord, path: String, in reader: any LedgerReader) throws {
    if let region = record as? Ledger.Region { try checkAncestry(of: region, path: path, in: reader) }
    defer { isFirst = false }
    let schema = type(of: record).schema
    let values = schema.references.isEmpty ? [] : record.ownColumns
    for (index, type) in schema.references {
      guard case .text(let key) = values[index], !key.isEmpty else { continue }
      let reference = RecordKey(type: type, key: key)
      if known.contains(reference) { continue }
      if try reader.has(type, key) {
        if !isFirst { known.insert(reference) }
      } else if violations.count < RecordInput.violationsMax {
        let name = schema.columns[index].name
        violations.append(
          RecordViolation(
            field: path + record.fieldName(ofColumn: name), value: key, rule: "NO_SUCH_\(type.uppercased())",
            "台账里没有 \(type) “\(key)”；请先录入它，或改正这一项",
            "the ledger has no \(type) “\(key)”; enter it first, or correct this field"))
      }
    }
  }

  private mutating func checkAncestry(of region: Ledger.Region, path: String, in reader: any LedgerReader) throws {
    var above = region.parent
    for _ in 0..<Self.regionDepthMax {
      if above.isEmpty { return }
      if above == region.code { break }
      guard let bytes = try reader.record("Region", above) else { return }
      above = try Ledger.Region(packed: bytes, limits: .standard).parent
    }
    guard !above.isEmpty else { return }
    violations.append(
      RecordViolation(
        field: path + "parent", value: region.parent, rule: "REGION_CYCLE",
        "沿上级区划往上找，又回到“\(region.code)”自己，或超过 \(Self.regionDepthMax) 级；请改正上级区划",
        "going up from parent to parent leads back to “\(region.code)” itself, or through more than \(Self.regionDepthMax) levels; please correct the parent"
      ))
  }

  func finish() throws(LedgerError) {
    guard violations.isEmpty else { throw .invalid(violations) }
  }
}
