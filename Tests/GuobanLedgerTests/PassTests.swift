import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

private func request(_ change: (inout Ledger.IssuePassRequest) -> Void = { _ in }) -> Ledger.IssuePassRequest {
  var request = Ledger.IssuePassRequest(
    division: "430500", kind: .province, plate: "湘e·12345", goods: "生活物资", loadKg: 26_170, origin: "430500",
    destination: "430100", conditions: [.driverStaysInCab],
    holder: Ledger.PassHolder(name: "张三丰", phone: "13812341234"))
  change(&request)
  return request
}

private struct Office {
  let ledger: OpenLedger
  let seal: HolderSeal
  let today: CivilDate

  init() throws {
    ledger = try OpenLedger()
    seal = try HolderSeal(key: Array(0..<32))
    today = try CivilDate("2022-11-14")
  }

  func issue(_ request: Ledger.IssuePassRequest) throws -> Ledger.IssuePassResponse {
    let issue = try PassIssue(request, today: today, validDays: 7, validDaysMax: 30)
    let seal = seal
    return try #require(try ledger.write { try issue.run($0, seal: seal) })
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
    let revocation = try PassRevocation(Ledger.RevokePassRequest(number: number, reason: "货物已送达"))
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

@Test func theHolderIsStoredSealedAndMaskedOnly() throws {
  let office = try Office()
  let pass = try #require(try office.issue(request()).pass)
  #expect(pass.holderName == "张**")
  #expect(pass.holderPhone == "138****1234")
  let stored = try #require(try office.ledger.record("Pass", pass.number))
  let log = try office.ledger.store.read { try $0.changes(after: 0, limit: 100) }.flatMap { $0.packed() }
  for secret in ["张三丰", "13812341234"] {
    #expect(!stored.contains(secret))
    #expect(!log.contains(secret))
  }
  #expect(try office.seal.open(pass) == Ledger.PassHolder(name: "张三丰", phone: "13812341234"))
  // Sealed for this pass alone, and with this key alone.
  var moved = pass
  moved.number = "430500000099"
  #expect(throws: (any Error).self) { try office.seal.open(moved) }
  let otherKey = try HolderSeal(key: Array(1...32))
  #expect(throws: (any Error).self) { try otherKey.open(pass) }
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
    _ = try PassIssue(bad, today: today, validDays: 7, validDaysMax: 30)
    Issue.record("was accepted")
  } catch {
    #expect(error.violations.map(\.field) == [field])
    // A phone number is personal data and is not repeated.
    #expect(error.violations.allSatisfy { !$0.message.contains("12345") || field == "plate" })
  }
}

extension [UInt8] {
  fileprivate func contains(_ text: String) -> Bool {
    let part = Array(text.utf8)
    return indices.dropLast(part.count - 1).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
  }
}
