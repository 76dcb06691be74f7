public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

/// Trips that come in from a file: of a checkpoint that was offline, or of another system. Their time tells whether they
/// are here already, so that a file may come twice; where it leaves the sequence empty, the ledger gives it.
extension Ledger.PassTrip {
  /// Trips of one pass on one day at one place that files may bring: each new one is compared with them all, and a
  /// checkpoint that sends more of them would keep everybody else from writing.
  static let tripsOfADayMax = 100

  public mutating func complete(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    guard let bytes = try reader.record(Ledger.Pass.schema.name, pass) else {
      return [
        violation(
          path + "pass", pass, "NO_SUCH_PASS", "台账里没有通行证“\(pass)”；请先导入它，或改正这一项",
          "the ledger has no pass “\(pass)”; import it first, or correct this field")
      ]
    }
    if sequence == 0 {
      let sameDay = try sameDay(in: reader)
      sequence = sameDay.first { $0.time?.seconds == time?.seconds }?.sequence ?? 0
      guard sequence != 0 || sameDay.count < Self.tripsOfADayMax else {
        return [
          violation(
            path + "time", date, "TOO_MANY_TRIPS",
            "通行证 \(pass) \(date) 在同一卡口已有 \(Self.tripsOfADayMax) 次行程（文件导入的上限）；请核对时间",
            "pass \(pass) has \(Self.tripsOfADayMax) trips at one checkpoint on \(date) already (the most that an import takes); please check the time"
          )
        ]
      }
    }
    if sequence != 0, try reader.has(Self.schema.name, key) { return [] }
    let next = try Self.nextSequence(of: pass, in: reader)
    if sequence == 0 { sequence = next }
    var violations = try refusals(by: try Ledger.Pass(packed: bytes, limits: .standard), path: path)
    if sequence != next {
      violations.append(
        violation(
          path + "sequence", "\(sequence)", "SEQUENCE_GAP", "通行证 \(pass) 的下一次行程是第 \(next) 次；留空即可，会自动编号",
          "the next trip of pass \(pass) is number \(next); leave it empty and it is numbered by itself"))
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
          violation(
            path + "sequence", "\(sequence)", "TRIP_RECORDED", "这次行程（\(key)）已经登记过，内容与这一行不同；登记过的行程不能改",
            "this trip (\(key)) has been recorded with other content; a recorded trip cannot be changed")
        ])
      }
    }
    guard let time, time.seconds <= writer.time.seconds + PassTripEntry.aheadSecondsMax else {
      throw LedgerError.invalid([PassTripEntry.inTheFuture(path + "time", time)])
    }
  }

  /// One past the highest there is of a pass.
  static func nextSequence(of pass: String, in reader: any LedgerReader) throws -> Int32 {
    let sequence = Int32(clamping: try reader.highestSequence(of: schema.name, where: "pass", is: pass))
    guard sequence < sequenceMax else {
      throw LedgerError(
        .exhausted, reason: "NUMBERS_USED_UP", "通行证 \(pass) 的行程序号已用完（\(sequenceMax) 次）",
        "the trip numbers of pass \(pass) are used up (\(sequenceMax))")
    }
    return sequence + 1
  }

  /// The trips that are there of the same pass, day and place.
  private func sameDay(in reader: any LedgerReader) throws -> [Self] {
    let sameDay = Filter.and([
      .compare(column: "pass", .equal, .text(pass)), .compare(column: "date", .equal, .text(date)),
      .compare(column: "place", .equal, .text(place)),
    ])
    let query = ListQuery(type: Self.schema.name, filter: sameDay, afterKey: nil, limit: Self.tripsOfADayMax)
    return try reader.list(query).map { try Self(packed: $0.bytes, limits: .standard) }
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
        "不能登记行程：\(verdict.reason(PassFacts(pass), askedPlate: plate))",
        "the trip cannot be recorded: \(verdict.englishReason(PassFacts(pass), askedPlate: plate))")
    ]
  }

  private func violation(
    _ field: String, _ value: String, _ rule: String, _ message: String, _ englishMessage: String
  ) -> RecordViolation {
    RecordViolation(field: field, value: value, rule: rule, message, englishMessage)
  }
}
