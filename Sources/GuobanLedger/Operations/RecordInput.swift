public import GuobanMessages

/// Records from a request: read, brought into canonical form, and checked, before the writer hears of them.
public struct RecordInput: Sendable {
  /// More violations than this are counted, not listed.
  static let violationsMax = 1000

  /// In the order of the request.
  public let records: [any LedgerRecord]

  /// Reads and checks one record or many.
  ///
  /// - Parameter field: the request's field, "enterprise" or "enterprises"; a batch's violations say "enterprises[3].uscc".
  public init(
    _ packed: [[UInt8]], type: any LedgerRecord.Type, field: String, isBatch: Bool, limits: DecodeLimits
  ) throws(LedgerError) {
    var records: [any LedgerRecord] = []
    records.reserveCapacity(packed.count)
    var violations: [RecordViolation] = []
    var places: [String: Int] = [:]
    for (index, bytes) in packed.enumerated() {
      let path = isBatch ? "\(field)[\(index)]" : field
      let record: any LedgerRecord
      do throws(DecodeError) {
        record = try Self.read(bytes, as: type, limits: limits)
      } catch {
        throw .invalid([RecordViolation(field: path, value: "", rule: "MALFORMED", message: error.message)])
      }
      violations += record.violations(path: path + ".")
      if let before = places.updateValue(index, forKey: record.key), violations.count < Self.violationsMax {
        violations.append(
          RecordViolation(
            field: path, value: record.key, rule: "REPEATED_KEY", message: "与第 \(before + 1) 条的键相同：“\(record.key)”"))
      }
      if violations.count > Self.violationsMax { break }
      records.append(record)
    }
    guard violations.isEmpty else { throw .invalid(Array(violations.prefix(Self.violationsMax))) }
    self.records = records
  }

  static func read<Record: LedgerRecord>(
    _ bytes: [UInt8], as type: Record.Type, limits: DecodeLimits
  ) throws(DecodeError) -> Record {
    var record = try Record(packed: bytes, limits: limits)
    record.normalise()
    return record
  }
}
