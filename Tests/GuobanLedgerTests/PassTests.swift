import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

private func request(_ change: (inout Ledger.IssuePassRequest) -> Void = { _ in }) -> Ledger.IssuePassRequest {
  var request = Ledger.IssuePassRequest(
    division: "430500", kind: .province, plate: "湘e·12345", goods: "生活物资", loadKg: 26_170, origin: "430500",
    destination: "430100", conditions: [.driverStaysInCab],
    holder: Ledger.Contact(name: "张三丰", phone: "13812341234"))
  change(&request)
  return request
}

private struct Office {
  let ledger: OpenLedger
  let today: CivilDate

  init() throws {
    ledger = try OpenLedger()
    today = try CivilDate("2022-11-14")
  }

  func issue(_ request: Ledger.IssuePassRequest) throws -> Ledger.IssuePassResponse {
    let issue = try PassIssue(request, today: today, validDays: 7, within: RecordBounds(passValidDaysMax: 30))
    return try #require(try ledger.write { try issue.run($0) })
  }

  func verify(_ request: Ledger.VerifyPassRequest) throws -> Ledger.VerifyPassResponse {
    let verification = try PassVerification(request, today: today)
    return try ledger.store.read { reader in
      verification.number.isEmpty
        ? try verification.verdictByPlate(reader)
        : try verification.verdict(onPass: try reader.record("Pass", verification.number))
    }
  }

  func revoke(_ number: String) throws {
    let revocation = try PassRevocation(Ledger.RevokePassRequest(number: number, reason: "货物已送达"), today: today)
    try ledger.write { try revocation.run($0) }
  }
}

@Test func numbersRunPerDivisionFromOne() throws {
  let office = try Office()
  let first = try office.issue(request())
  let second = try office.issue(request { $0.plate = "湘E54321" })
  let elsewhere = try office.issue(
    request {
      $0.division = "430100"
      $0.plate = "湘A00001"
    })
  #expect(first.pass?.number == "430500000001")
  #expect(second.pass?.number == "430500000002")
  #expect(elsewhere.pass?.number == "430100000001")
  #expect(first.pass?.plate == "湘E12345")
  #expect(first.pass?.validFrom == "2022-11-14")
  #expect(first.pass?.validUntil == "2022-11-20")
}

@Test func aNewPassForTheSameVehicleAndRouteCancelsTheOld() throws {
  let office = try Office()
  let old = try #require(try office.issue(request()).pass)
  let otherRoute = try #require(try office.issue(request { $0.destination = "430000" }).pass)
  let response = try office.issue(request())
  #expect(response.replaced == [old.number])
  let verdict = try office.verify(Ledger.VerifyPassRequest(number: old.number))
  #expect(verdict.verdict == .replaced)
  #expect(verdict.reason.contains(response.pass?.number ?? "?"))
  #expect(try office.verify(Ledger.VerifyPassRequest(number: otherRoute.number)).verdict == .valid)
}

/// One vehicle, two routes: a checkpoint that knows the plate alone is told of both.
@Test func aPlateIsAnsweredWithEveryValidPass() throws {
  let office = try Office()
  let old = try #require(try office.issue(request()).pass)
  let first = try #require(try office.issue(request { $0.destination = "430000" }).pass)
  let second = try #require(try office.issue(request()).pass)
  let revoked = try #require(try office.issue(request { $0.origin = "430000" }).pass)
  try office.revoke(revoked.number)
  let answer = try office.verify(Ledger.VerifyPassRequest(plate: "湘E12345"))
  #expect(answer.verdict == .valid && answer.pass?.number == first.number)
  #expect(answer.others.map(\.number) == [second.number] && answer.others.map(\.destination) == ["430100"])
  #expect(try office.verify(Ledger.VerifyPassRequest(number: first.number, plate: "湘E12345")).others.isEmpty)
  try office.revoke(first.number)
  #expect(try office.verify(Ledger.VerifyPassRequest(plate: "湘E12345")).others.isEmpty)
  try office.revoke(second.number)
  let none = try office.verify(Ledger.VerifyPassRequest(plate: "湘E12345"))
  #expect(none.verdict == .revoked && none.others.isEmpty && none.pass?.number != old.number)
  // Numbers begin with the division: what counts is which pass ends last.
  let coming = request { ($0.division, $0.validFrom, $0.validUntil) = ("430100", "2022-11-20", "2022-11-26") }
  let next = try #require(try office.issue(coming).pass)
  let soon = try office.verify(Ledger.VerifyPassRequest(plate: "湘E12345"))
  #expect(soon.verdict == .notYetValid && soon.pass?.number == next.number && next.number < old.number)
}

@Test func aVehicleWithManyRoutesIsToldOfSoMany() throws {
  let office = try Office()
  for index in 0..<102 {
    let region = Ledger.Region(code: "ZONE-\(index)", name: "园区 \(index)", kind: .zone, parent: "430500")
    try office.ledger.put(region)
    _ = try office.issue(request { $0.destination = region.code })
  }
  #expect(try office.verify(Ledger.VerifyPassRequest(plate: "湘E12345")).others.count == 100)
}

@Test func everyVerdictIsGivenAndSaysWhich() throws {
  let office = try Office()
  let pass = try #require(try office.issue(request()).pass)
  func verdict(_ number: String = "", plate: String = "", date: String = "") throws -> Ledger.PassVerdict {
    try office.verify(Ledger.VerifyPassRequest(number: number, plate: plate, date: date)).verdict
  }
  #expect(try verdict(pass.number) == .valid)
  #expect(try verdict(pass.number, plate: "湘E12345") == .valid)
  #expect(try verdict(plate: "湘E12345") == .valid)
  #expect(try verdict(pass.number, plate: "湘E54321") == .wrongPlate)
  #expect(try verdict(plate: "湘E54321") == .notFound)
  #expect(try verdict("430500000009") == .notFound)
  #expect(try verdict(pass.number, date: "2022-11-13") == .notYetValid)
  #expect(try verdict(pass.number, date: "2022-11-20") == .valid)
  #expect(try verdict(pass.number, date: "2022-11-21") == .expired)
  #expect(throws: LedgerError.self) { try verdict() }
  #expect(throws: LedgerError.self) { try verdict("123") }
  try office.revoke(pass.number)
  let revoked = try office.verify(Ledger.VerifyPassRequest(number: pass.number))
  #expect(revoked.verdict == .revoked)
  #expect(revoked.reason.contains("货物已送达"))
  #expect(throws: LedgerError.self) { try office.revoke(pass.number) }
}

@Test func aRenewedPassGoesOnForTheSameHolderAndEndsTheOld() throws {
  let office = try Office()
  let old = try #require(try office.issue(request()).pass)
  let renewal = try PassRenewal(
    Ledger.RenewPassRequest(number: old.number, validFrom: "2022-11-20", validUntil: "2022-11-25"),
    today: try CivilDate("2022-11-20"), validDays: 7, within: RecordBounds(passValidDaysMax: 30))
  let answer = try #require(try office.ledger.write { try renewal.run($0) })
  let new = try #require(answer.pass)
  #expect(new.number == "430500000002" && new.renews == old.number && answer.replaced == [old.number])
  #expect(new.plate == old.plate && new.validUntil == "2022-11-25" && new.holder?.name == "张**")
  #expect(new.holder?.sealed != old.holder?.sealed)
  let reveal = try PersonalReveal(
    Ledger.RevealPersonalDataRequest(recordType: "Pass", key: new.number, reason: "联系司机"))
  let shown = try #require(try office.ledger.write { try reveal.run($0) })
  #expect(shown.contacts.first?.contact == Ledger.Contact(name: "张三丰", phone: "13812341234"))
  // It was replaced: nothing more can happen to it, and the refusal says so.
  let error = #expect(throws: LedgerError.self) { try office.ledger.write { try renewal.run($0) } }
  #expect(error?.reason == "PASS_REFUSED" && error?.message.contains("已被新证取代") == true)
}

@Test func tripsAreNumberedPerPassAndRefusedOutsideItsDates() throws {
  let office = try Office()
  let pass = try #require(try office.issue(request()).pass)
  func trip(_ date: String, plate: String = "", kg: Int64 = 26_000) throws -> Ledger.PassTrip {
    let time = Google.Timestamp(seconds: try CivilDateTime(try CivilDate(date), hour: 9).epochSeconds(in: .shanghai))
    let entry = try PassTripEntry(
      Ledger.RecordTripRequest(number: pass.number, plate: plate, time: time, place: "邵阳南", loadKg: kg),
      now: Google.Timestamp(seconds: 2_000_000_000))
    return try Ledger.PassTrip(packed: try #require(try office.ledger.write { try entry.run($0) }), limits: .standard)
  }
  #expect(try trip("2022-11-14").sequence == 1)
  #expect(try trip("2022-11-20", plate: "湘E·12345").key == "430500000001/000002")
  for (date, plate, reason) in [
    ("2022-11-13", "", "PASS_REFUSED"), ("2022-11-21", "", "PASS_REFUSED"), ("2022-11-15", "湘E54321", "WRONG_PLATE"),
  ] {
    let error = #expect(throws: LedgerError.self) { try trip(date, plate: plate) }
    #expect(error?.reason == reason, "\(date): \(error?.message ?? "")")
  }
  try office.revoke(pass.number)
  #expect(throws: LedgerError.self) { try trip("2022-11-15") }
}

@Test func aBatchIsAllOrNoneUnlessEachStandsForItself() throws {
  let office = try Office()
  let requests = [
    request(), request { $0.plate = "湘E00000O" }, request { $0.plate = "湘E00002" },
    request {
      $0.plate = "湘E00003"
      $0.destination = "999999"
    },
  ]
  func batch(_ each: Bool, _ requests: [Ledger.IssuePassRequest]) throws -> Ledger.BatchIssuePassesResponse {
    let batch = try PassBatch(
      Ledger.BatchIssuePassesRequest(requests: requests, eachForItself: each), today: office.today, validDays: 7,
      within: RecordBounds(passValidDaysMax: 30))
    return try #require(
      try office.ledger.write { try batch.run(eachForItself: each, $0, checkCancellation: {}) })
  }
  let refused = #expect(throws: LedgerError.self) { try batch(false, requests) }
  #expect(refused?.violations.first?.field == "requests[1].plate")
  // Found on the writer, after the first was written: that one is taken back.
  #expect(throws: LedgerError.self) { try batch(false, [requests[0], requests[3]]) }
  #expect(try office.ledger.record("Pass", "430500000001") == nil)
  let answer = try batch(true, requests)
  #expect(answer.issued == 2 && answer.refused == 2)
  // No gap where one was refused.
  #expect(answer.results.map { $0.pass?.number ?? "" } == ["430500000001", "", "430500000002", ""])
  #expect(
    answer.results[1].problems.first?.field == "plate" && answer.results[3].problems.first?.rule == "NO_SUCH_REGION")
  let changes = try office.ledger.store.read { try $0.changes(after: 0, limit: 100) }
  let replayed = try PassBatch(
    Ledger.BatchIssuePassesRequest(requests: requests, eachForItself: true), today: office.today, validDays: 7,
    within: RecordBounds(passValidDaysMax: 30)
  ).replayed(changes.filter { $0.recordType == "Pass" })
  #expect(replayed.results.map(\.pass) == answer.results.map(\.pass))
}

@Test func oldPassesComeInWithTheirNumbersAndNumberingGoesOnAfterThem() throws {
  let office = try Office()
  let old = Ledger.Pass(
    number: "430500000146", kind: .province, plate: "湘E12345", goods: "原料", loadKg: 1, origin: "430500",
    destination: "430100", validFrom: "2022-10-01", validUntil: "2022-10-07", state: .revoked, revokeReason: "旧系统吊销")
  func bringIn(_ passes: [Ledger.Pass]) throws {
    try office.ledger.write { _ = try $0.upsert(passes, field: "passes", checkCancellation: {}) }
  }
  try bringIn([old])
  #expect(try office.issue(request()).pass?.number == "430500000147")
  var alive = old
  alive.state = .issued
  let revived = #expect(throws: LedgerError.self) { try bringIn([alive]) }
  #expect(revived?.violations.first?.field == "passes[0].state")
  var other = old
  other.plate = "湘E54321"
  #expect(#expect(throws: LedgerError.self) { try bringIn([other]) }?.violations.first?.field == "passes[0].plate")
}

@Test func whatIsOverIsNotIssuedAndCancelsNothing() throws {
  let office = try Office()
  let good = try #require(try office.issue(request()).pass)
  let over = request {
    $0.validFrom = "2022-11-01"
    $0.validUntil = "2022-11-13"
  }
  let error = #expect(throws: LedgerError.self) { try office.issue(over) }
  #expect(error?.violations.map { "\($0.field) \($0.rule)" } == ["valid_until ENDS_IN_THE_PAST"])
  #expect(try office.verify(Ledger.VerifyPassRequest(number: good.number)).verdict == .valid)
  // Its last day is today.
  let last = request {
    $0.validFrom = "2022-11-01"
    $0.validUntil = "2022-11-14"
  }
  #expect(try office.issue(last).replaced == [good.number])
}

@Test func aNewPassCancelsAllThatAVehicleHasOnItsRoute() throws {
  let office = try Office()
  let passes = try (1...150).map { day in
    let date = try CivilDate("2022-11-14").addingDays(day).text
    return Ledger.Pass(
      number: "430500\(100_000 + day)", kind: .province, plate: "湘E12345", goods: "原料", loadKg: 1, origin: "430500",
      destination: "430100", validFrom: date, validUntil: date, state: .issued)
  }
  try office.ledger.write { _ = try $0.upsert(passes, field: "passes", checkCancellation: {}) }
  #expect(try office.issue(request()).replaced == passes.map(\.number))
}

/// What is printed on it, and signed.
@Test func aTableDoesNotChangeWhatAPassSays() throws {
  let office = try Office()
  var pass = try #require(try office.issue(request()).pass)
  pass.meta = nil
  func bringIn(_ change: (inout Ledger.Pass) -> Void) throws -> [String] {
    var changed = pass
    change(&changed)
    let passes = [changed]
    do {
      try office.ledger.write { _ = try $0.upsert(passes, field: "passes", checkCancellation: {}) }
      return []
    } catch let error as LedgerError {
      return error.violations.map { "\($0.field) \($0.rule)" }
    }
  }
  #expect(try bringIn { $0.validUntil = "2022-12-31" } == ["passes[0].valid_until ALREADY_ISSUED"])
  #expect(
    try bringIn { ($0.origin, $0.destination) = ("430100", "430500") }
      == ["passes[0].origin ALREADY_ISSUED", "passes[0].destination ALREADY_ISSUED"])
  #expect(try bringIn { $0.validFrom = "2022-11-01" } == ["passes[0].valid_from ALREADY_ISSUED"])
  #expect(try bringIn { $0.validUntil = "2022-11-15" } == [])
  #expect(try bringIn { ($0.goods, $0.validUntil) = ("口罩", "2022-11-15") } == [])
}

@Test func theLastNumbersBroughtInDoNotCloseADivision() throws {
  let office = try Office()
  let old = Ledger.Pass(
    number: "", kind: .province, plate: "湘E00001", goods: "原料", loadKg: 1, origin: "430500",
    destination: "430100", validFrom: "2022-10-01", validUntil: "2022-10-07", state: .revoked, revokeReason: "旧系统吊销")
  func bringIn(_ number: String) throws {
    var pass = old
    pass.number = number
    let passes = [pass]
    try office.ledger.write { _ = try $0.upsert(passes, field: "passes", checkCancellation: {}) }
  }
  func issue(_ plate: String) throws -> String? { try office.issue(request { $0.plate = plate }).pass?.number }
  #expect(try issue("湘E10001") == "430500000001")
  try bringIn("430500999999")
  #expect(try issue("湘E10002") == "430500000002")
  try bringIn("430500999998")
  try bringIn("430500100200")
  #expect(try issue("湘E10003") == "430500100201")
  try bringIn("430500999990")
  #expect(try issue("湘E10004") == "430500999991")
  for number in 999_992...999_997 { #expect(try issue("湘E1\(number % 10000)") == "430500\(number)") }
  // Ten without a gap at the end: it goes on below them.
  #expect(try issue("湘E10005") == "430500100202")
}

@Test func ofTwoPassesForAVehicleAndARouteOneIsNotBroughtInWhileTheOtherIsGood() throws {
  let office = try Office()
  let issued = try #require(try office.issue(request()).pass)
  var other = issued
  other.number = "430500000146"
  other.meta = nil
  other.holder = nil
  func bringIn(_ passes: [Ledger.Pass]) throws -> [String] {
    do {
      try office.ledger.write { _ = try $0.upsert(passes, field: "passes", checkCancellation: {}) }
      return []
    } catch let error as LedgerError {
      return error.violations.map { "\($0.field) \($0.rule)" }
    }
  }
  #expect(try bringIn([other]) == ["passes[0].plate ROUTE_TAKEN"])
  // One day is enough, and of two in one file both are refused.
  other.validFrom = issued.validUntil
  other.validUntil = "2022-12-31"
  #expect(try bringIn([other]) == ["passes[0].plate ROUTE_TAKEN"])
  other.validFrom = "2022-11-21"
  var again = other
  again.number = "430500000147"
  #expect(try bringIn([other, again]) == ["passes[0].plate ROUTE_TAKEN", "passes[1].plate ROUTE_TAKEN"])
  // After it, on another route, or known to be replaced.
  #expect(try bringIn([other]) == [])
  again.destination = "430000"
  #expect(try bringIn([again, other]) == [])
  var replaced = other
  replaced.validFrom = "2022-11-01"
  replaced.number = "430500000140"
  replaced.state = .replaced
  #expect(try bringIn([replaced]) == [])
  // What a file makes of both counts, in whichever order it says so.
  var successor = other
  successor.number = "430500000150"
  other.state = .replaced
  #expect(try bringIn([successor, other]) == [])
  other.state = .issued
  #expect(try bringIn([successor]) == [])
}

@Test(
  "a request with a fault names the field",
  arguments: [
    ("division", "4305"), ("plate", "湘E1234O"), ("plate", "湘E1234挂"), ("goods", ""), ("enterprise", "123"),
    ("valid_from", "2022-02-30"), ("valid_until", "2022-11-13"), ("valid_until", "2022-12-14"),
    ("holder.phone", "12345"),
  ])
func faultsOfARequestAreNamed(field: String, value: String) throws {
  let bad = request { request in
    switch field {
    case "division": request.division = value
    case "plate": request.plate = value
    case "goods": request.goods = value
    case "enterprise": request.enterprise = value
    case "valid_from":
      request.validFrom = value
      request.validUntil = "2022-03-01"
    case "valid_until": request.validUntil = value
    default: request.holder?.phone = value
    }
  }
  let today = try CivilDate("2022-11-14")
  do throws(LedgerError) {
    _ = try PassIssue(bad, today: today, validDays: 7, within: RecordBounds(passValidDaysMax: 30))
    Issue.record("was accepted")
  } catch {
    #expect(error.violations.map(\.field) == [field])
    // A phone number is personal data and is not repeated.
    #expect(error.violations.allSatisfy { !$0.message.contains("12345") || field == "plate" })
  }
}
