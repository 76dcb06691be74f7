import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// Trips that come in from a file, of a checkpoint that was offline.
struct PassTripTests {
  private let ledger: OpenLedger

  /// A pass from 1 to 7 November 2022 and one that was revoked since; the ledger's clock says 14 November.
  init() throws {
    ledger = try OpenLedger()
    try ledger.put([pass("430500000001", .issued), pass("430500000002", .revoked)])
  }

  private func pass(_ number: String, _ state: Ledger.PassState) -> Ledger.Pass {
    Ledger.Pass(
      number: number, kind: .province, plate: "湘E12345", goods: "原料", origin: "430500", destination: "430100",
      validFrom: "2022-11-01", validUntil: "2022-11-07", state: state)
  }

  private func trip(
    _ day: String, _ hour: Int, _ minute: Int = 0, pass: String = "430500000001", place: String = "邵阳南",
    sequence: Int32 = 0
  ) throws -> Ledger.PassTrip {
    let time = try CivilDateTime(try CivilDate(day), hour: hour, minute: minute)
    return Ledger.PassTrip(
      pass: pass, sequence: sequence, time: Google.Timestamp(seconds: time.epochSeconds(in: .shanghai)), place: place,
      plate: "湘E12345", loadKg: 1000)
  }

  private var keys: [String] {
    get throws {
      try ledger.store.read { try $0.list(ListQuery(type: "PassTrip", filter: nil, afterKey: nil, limit: 100)) }.map(
        \.key)
    }
  }

  @Test func aFileMayComeTwiceAndEachTripIsNumberedOnce() throws {
    let first = [try trip("2022-11-02", 9), try trip("2022-11-02", 17), try trip("2022-11-03", 9)]
    #expect(try ledger.put(first) == UpsertCounts(created: 3, updated: 0, unchanged: 0))
    // The same again, with what has come since; another checkpoint saw the vehicle at the same minute.
    let second = first + [try trip("2022-11-04", 9), try trip("2022-11-02", 9, place: "邵阳北")]
    #expect(try ledger.put(second) == UpsertCounts(created: 2, updated: 0, unchanged: 3))
    #expect(try keys == (1...5).map { "430500000001/00000\($0)" })
    let bytes = try #require(try ledger.record("PassTrip", "430500000001/000001"))
    #expect(try Ledger.PassTrip(packed: bytes, limits: .standard).date == "2022-11-02")
    // As an export says it, with the sequences.
    #expect(try ledger.put([try trip("2022-11-02", 9, sequence: 1)]).unchanged == 1)
    let entry = try PassTripEntry(
      Ledger.RecordTripRequest(number: "430500000001", time: try trip("2022-11-05", 9).time),
      now: Google.Timestamp(seconds: 2_000_000_000))
    try ledger.write { _ = try entry.run($0) }
    #expect(try keys.last == "430500000001/000006")
  }

  /// Each is compared with those of its day, so that there may not be any number of them.
  @Test func aDayAtOnePlaceHasSoManyTripsAndNoMore() throws {
    let most = try (0..<100).map { try trip("2022-11-02", 8 + $0 / 60, $0 % 60) }
    #expect(try ledger.put(most).created == 100)
    let one = try trip("2022-11-02", 20)
    #expect(ledger.refusal(of: one)?.violations.map(\.rule) == ["TOO_MANY_TRIPS"])
    #expect(try ledger.put(most).unchanged == 100)
    for other in [try trip("2022-11-02", 20, place: "邵阳北"), try trip("2022-11-03", 20)] {
      #expect(try ledger.put([other]).created == 1)
    }
    let plan = try ledger.store.read { reader in
      try reader.plan(
        of: GroupQuery(
          source: "PassTrip",
          filter: .and([
            .compare(column: "pass", .equal, .text("430500000001")),
            .compare(column: "date", .equal, .text("2022-11-02")),
            .compare(column: "place", .equal, .text("邵阳南")),
          ]), groupBy: [], measures: [.count], rowsMax: 1))
    }
    #expect(plan.contains { $0.contains("place=?") }, "\(plan)")
  }

  @Test func aPassThatWasRevokedSinceWasGoodWhenTheVehicleWasSeen() throws {
    #expect(try ledger.put([try trip("2022-11-07", 23, pass: "430500000002")]).created == 1)
  }

  @Test func everyRowThatCannotHaveBeenIsNamed() throws {
    var wrongPlate = try trip("2022-11-02", 10)
    wrongPlate.plate = "湘E54321"
    var noTime = try trip("2022-11-02", 11)
    noTime.date = "2022-11-03"
    #expect(
      ledger.refusal(of: noTime)?.violations.map { "\($0.field) \($0.rule)" } == ["records[0].date NOT_THE_TIMES_DATE"])
    let rows = [
      try trip("2022-11-02", 9), wrongPlate, try trip("2022-11-08", 9), try trip("2022-10-31", 9),
      try trip("2022-11-02", 9), try trip("2022-11-03", 9, pass: "430500000009"), try trip("2022-11-03", 9),
      try trip("2022-11-04", 9, sequence: 9),
    ]
    let refusal = refused { try ledger.put(rows) }
    #expect(
      refusal?.violations.map { "\($0.field) \($0.rule)" } == [
        "records[1].plate WRONG_PLATE", "records[2].time EXPIRED", "records[3].time NOT_YET_VALID",
        "records[4] REPEATED_KEY", "records[5].pass NO_SUCH_PASS", "records[7].sequence SEQUENCE_GAP",
      ])
    #expect(try keys.isEmpty)
  }

  @Test func aTripIsNotChangedAndNotForetold() throws {
    let seen = try trip("2022-11-02", 9)
    try ledger.put(seen)
    var heavier = seen
    heavier.loadKg = 2000
    #expect(ledger.refusal(of: heavier)?.violations.map(\.rule) == ["TRIP_RECORDED"])
    try ledger.put(
      [pass("430500000003", .issued)].map { pass in
        var pass = pass
        pass.validFrom = "2022-11-08"
        pass.validUntil = "2022-12-01"
        return pass
      })
    let early = ledger.refusal(of: try trip("2022-11-15", 9, pass: "430500000003"))
    #expect(early?.violations.map { "\($0.field) \($0.rule)" } == ["records[0].time IN_THE_FUTURE"])
  }
}
