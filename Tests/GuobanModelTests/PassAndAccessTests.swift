internal import GuobanModel
internal import Testing

struct PassAndAccessTests {
  @Test(arguments: [
    (PassState.issued, "2022-04-07", true, PassVerdict.valid), (.issued, "2022-05-09", true, .valid),
    (.issued, "2022-04-06", true, .notYetValid), (.issued, "2022-05-10", true, .expired),
    (.revoked, "2022-04-08", true, .revoked), (.revoked, "2023-04-08", true, .revoked),
    (.replaced, "2022-04-08", true, .replaced), (.issued, "2022-04-08", false, .wrongPlate),
    (.revoked, "2022-04-08", false, .wrongPlate),
  ])
  func verdicts(state: PassState, date: String, plateMatches: Bool, verdict: PassVerdict) throws {
    let answer = PassValidity.verdict(
      state: state, validFrom: try CivilDate("2022-04-07"), validUntil: try CivilDate("2022-05-09"),
      on: try CivilDate(date), plateMatches: plateMatches)
    #expect(answer == verdict)
  }

  @Test func validityMustNotEndBeforeItBegins() throws {
    let day = try CivilDate("2022-04-07")
    #expect(brokenRule { try PassValidity.check(from: day, until: day) } == nil)
    #expect(brokenRule { try PassValidity.check(from: day, until: day.addingDays(-1)) } == "PASS_VALIDITY_ORDER")
    #expect(Set(PassVerdict.allCases.map(\.explanation)).count == PassVerdict.allCases.count)
  }

  @Test func dutiesAreSeparate() {
    #expect(Role.checkpoint.permissions == [.verifyPass, .recordTrip])
    #expect(!Role.operator.permissions.allows(.writeRecords) && !Role.operator.permissions.allows(.manageAccess))
    #expect(!Role.clerk.permissions.allows(.approveReporter) && !Role.clerk.permissions.allows(.issuePass))
    #expect(!Role.passOfficer.permissions.allows(.writeRecords))
    #expect(!Role.auditor.permissions.allows(.writeRecords) && Role.auditor.permissions.allows(.readChangeLog))
    #expect(Role.admin.permissions.union(.connect) == PermissionSet(Permission.allCases))
  }

  @Test(arguments: [("张三丰", "张**"), ("张三", "张*"), ("张", "张*"), ("", ""), ("Александр Иванов", "А********")])
  func namesAreMasked(name: String, masked: String) {
    #expect(maskedName(name) == masked)
  }

  @Test(arguments: [
    ("13812341234", "138****1234"), ("0393-1234567", "039****4567"), ("1234567", "****67"), ("123", "***"), ("", ""),
  ])
  func phonesAreMasked(phone: String, masked: String) {
    #expect(maskedPhone(phone) == masked)
  }
}
