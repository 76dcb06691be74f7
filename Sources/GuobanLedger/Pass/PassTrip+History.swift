public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// Trips that come in from a file: of a checkpoint that was offline, or of another system. Their time tells whether they
/// are here already, so that a file may come twice; where it leaves the sequence empty, the ledger gives it.
extension Ledger.PassTrip {
  /// Trips of one pass on one day that are compared with a new one.
  private static let tripsOfADayMax = 1000

  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    guard let bytes = try reader.record(Ledger.Pass.schema.name, pass) else {
      return [violation(path + "pass", pass, "NO_SUCH_PASS", "台账里没有通行证“\(pass)”；请先导入它，或改正这一项")]
    }
    if sequence == 0 { sequence = try sequenceIfKnown(in: reader) ?? 0 }
    if sequence != 0, try reader.record(Self.schema.name, key) != nil { return [] }
    let next = try Self.nextSequence(of: pass, in: reader)
    if sequence == 0 { sequence = next }
    var violations = try refusals(by: try Ledger.Pass(packed: bytes, limits: .standard), path: path)
    if sequence != next {
      violations.append(
        violation(path + "sequence", "\(sequence)", "SEQUENCE_GAP", "通行证 \(pass) 的下一次行程是第 \(next) 次；留空即可，会自动编号"))
    }
    return violations
  }

  /// A trip is what somebody saw: it is not changed afterwards.
  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    if var old {
      var new = self
      (old.meta, new.meta) = (nil, nil)
      guard new == old else {
        throw LedgerError.invalid([
          violation(path + "sequence", "\(sequence)", "TRIP_RECORDED", "这次行程（\(key)）已经登记过，内容与这一行不同；登记过的行程不能改")
        ])
      }
    }
    guard let time, time.seconds <= writer.time.seconds + PassTripEntry.aheadSecondsMax else {
      throw LedgerError.invalid([PassTripEntry.inTheFuture(path + "time", time)])
    }
  }

  /// One past the highest there is of a pass.
  static func nextSequence(of pass: String, in reader: any LedgerReader) throws -> Int32 {
    let last = try reader.group(
      GroupQuery(
        source: schema.name, filter: .compare(column: "pass", .equal, .text(pass)), groupBy: [],
        measures: [.max("sequence")], rowsMax: 1))
    var sequence: Int32 = 0
    if case .integer(let highest)? = last.columns.first?.first { sequence = Int32(clamping: highest) }
    guard sequence < sequenceMax else {
      throw LedgerError(.exhausted, reason: "NUMBERS_USED_UP", "通行证 \(pass) 的行程序号已用完（\(sequenceMax) 次）")
    }
    return sequence + 1
  }

  /// Of the trip that is there with the same time and place.
  private func sequenceIfKnown(in reader: any LedgerReader) throws -> Int32? {
    let sameDay = Filter.and([
      .compare(column: "pass", .equal, .text(pass)), .compare(column: "date", .equal, .text(date)),
    ])
    let query = ListQuery(type: Self.schema.name, filter: sameDay, afterKey: nil, limit: Self.tripsOfADayMax)
    return try reader.list(query).lazy.map { try Self(packed: $0.bytes, limits: .standard) }
      .first { $0.time?.seconds == time?.seconds && $0.place == place }?.sequence
  }

  /// What speaks against the pass on that day. What became of it since does not: nobody who was offline could know.
  private func refusals(by pass: Ledger.Pass, path: String) throws -> [RecordViolation] {
    guard let day = try? CivilDate(date) else { return [] }
    let life = try PassDates(pass)
    let verdict = PassValidity.verdict(
      state: .issued, validFrom: life.from, validUntil: life.until, on: day, plateMatches: plate == pass.plate)
    guard verdict != .valid else { return [] }
    let isPlate = verdict == .wrongPlate
    return [
      violation(
        path + (isPlate ? "plate" : "time"), isPlate ? plate : date, verdict.rawValue,
        "不能登记行程：\(verdict.reason(PassFacts(pass), askedPlate: plate))")
    ]
  }

  private func violation(_ field: String, _ value: String, _ rule: String, _ message: String) -> RecordViolation {
    RecordViolation(field: field, value: value, rule: rule, message: message)
  }
}
