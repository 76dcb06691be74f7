public import GuobanMessages

/// Records from a request, or from several: read, brought into canonical form, and checked, before the writer hears of
/// them.
public struct RecordInput: Sendable {
  /// More violations than this are not listed.
  static let violationsMax = 1000

  /// In the order in which they came.
  public private(set) var records: [any LedgerRecord] = []
  /// All that is wrong, up to a bound.
  public private(set) var violations: [RecordViolation] = []
  /// How many came, good or bad.
  public private(set) var count = 0

  private let type: any LedgerRecord.Type
  private let field: String
  private let isBatch: Bool
  private let bounds: RecordBounds
  private let limits: DecodeLimits
  private var places: [String: Int] = [:]

  /// - Parameter field: the request's field, "enterprise" or "enterprises"; a batch's violations say "enterprises[3].uscc".
  public init(
    type: any LedgerRecord.Type, field: String, isBatch: Bool, bounds: RecordBounds, limits: DecodeLimits
  ) {
    self.type = type
    self.field = field
    self.isBatch = isBatch
    self.bounds = bounds
    self.limits = limits
  }

  /// Reads and checks one more. A record that breaks a rule is not kept.
  public mutating func append(_ bytes: [UInt8]) {
    let path = isBatch ? "\(field)[\(count)]" : field
    let index = count
    count += 1
    do throws(DecodeError) {
      let record = try type.canonical(from: bytes, limits: limits)
      var found = record.violations(path: path + ".", within: bounds)
      if record.isKeyed, let before = places.updateValue(index, forKey: record.key) {
        found.append(
          RecordViolation(
            field: path, value: record.key, rule: "REPEATED_KEY", "与第 \(before + 1) 条的键相同：“\(record.key)”",
            "has the key of record \(before + 1): “\(record.key)”"))
      }
      report(found)
      if found.isEmpty { records.append(record) }
    } catch {
      report([RecordViolation(field: path, value: "", rule: "MALFORMED", error.message, error.message)])
    }
  }

  /// Throws when anything was wrong.
  public func finish() throws(LedgerError) {
    guard violations.isEmpty else { throw .invalid(violations) }
  }

  private mutating func report(_ found: [RecordViolation]) {
    violations += found.prefix(max(Self.violationsMax - violations.count, 0))
  }
}

extension LedgerRecord {
  /// Reads a record and brings it into canonical form, without checking it.
  public static func canonical(from bytes: [UInt8], limits: DecodeLimits) throws(DecodeError) -> Self {
    var record = try Self(packed: bytes, limits: limits)
    record.normalise()
    return record
  }
}
