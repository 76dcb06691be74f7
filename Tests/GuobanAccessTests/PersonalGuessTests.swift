import GuobanClient
import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Testing

/// Whoever may write contacts, but not see them, does not find one out by trying.
struct PersonalGuessTests {
  @Test func aTrialDoesNotTellWhetherAGuessIsRight() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      try office.upsert([Ledger.Region(code: "410928", name: "濮阳县", kind: .county)])
      let clerk = try await office.client("clerk", [.clerk])
      let phone = "13712345678"
      let counts = try await upsert(phone, validateOnly: false, clerk)
      #expect(counts.created == 1)
      for guess in [phone, "13799995678"] {
        let tried = try await upsert(guess, validateOnly: true, clerk)
        #expect(tried.updated == 1 && tried.unchanged == 0, "\(guess): \(tried)")
        let applied: Ledger.ApplyResponse = try await clerk.call(
          "/guoban.v1.LedgerService/Apply",
          Ledger.ApplyRequest(
            mutations: [Ledger.Mutation(kind: .upsert, recordType: "Officer", record: officer(guess).packed())],
            validateOnly: true))
        #expect(applied.results.first?.changed == true, "\(guess): \(applied)")
      }
      // What is shown masked may come back as it is, also in a trial; and a file may come twice in earnest.
      let masked = try await upsert("137****5678", name: "王**", validateOnly: true, clerk)
      #expect(masked.unchanged == 1, "\(masked)")
      let again = try await upsert(phone, validateOnly: false, clerk)
      #expect(again.unchanged == 1, "\(again)")
      await clerk.shutdown()
    }
  }

  private func upsert(
    _ phone: String, name: String = "王小明", validateOnly: Bool, _ client: GuobanClient
  ) async throws -> Ledger.BatchUpsertResponse {
    try await client.call(
      "/guoban.v1.OfficerService/BatchUpsertOfficers",
      Ledger.BatchUpsertOfficersRequest(officers: [officer(phone, name: name)], validateOnly: validateOnly))
  }

  private func officer(_ phone: String, name: String = "王小明") -> Ledger.Officer {
    Ledger.Officer(
      id: "O-1", name: "乙", region: "410928", level: .county, contact: Ledger.Contact(name: name, phone: phone))
  }
}
