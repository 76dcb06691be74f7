import GuobanClient
import GuobanMessages
import GuobanSQLite
import GuobanWire
import Testing

/// The change log over RPC, once some of it is compacted away.
struct ChangeLogTests {
  private static func revisions(
    _ office: TicketOffice, _ request: Ledger.ReadChangeLogRequest
  ) async throws -> [UInt64] {
    let log: AsyncThrowingMapSequence<ServerStream, Ledger.ReadChangeLogResponse> = try office.client.stream(
      "/guoban.v1.LedgerService/ReadChangeLog", request)
    return try await log.reduce(into: []) { $0 += $1.changes.map(\.revision) }
  }

  @Test func aReadingFromBeforeTheOldestChangeIsRefusedUnlessWhatThereIsWillDo() async throws {
    try await TicketOffice.with(on: "2023-03-31") { office in
      for number in 1...4 {
        try await office.upsert(
          "Ticket", "Tickets",
          Ledger.BatchUpsertTicketsRequest(tickets: [sheetTicket("T-\(number)", "410928", registered: "2023-03-01")]))
      }
      let newest = office.store.revision
      #expect(try await Self.revisions(office, .init()) == Array(1...newest))
      #expect(try await Self.revisions(office, .init(skipCompacted: true)) == Array(1...newest))
      let last = newest - 3
      #expect(try office.store.compact(through: last) {} == last)

      for after in [0, 1, last - 1] {
        let status = try #require(
          await refused { try await Self.revisions(office, .init(afterRevision: after, limit: 1)) })
        #expect(status.code == .outOfRange && status.reason(limits: .standard) == "REVISION_TOO_OLD", "\(status)")
        #expect(status.oldestRevision == last + 1)
        #expect(
          status.violations(limits: .standard).map { "\($0.field) \($0.reason)" } == ["after_revision REVISION_TOO_OLD"]
        )
        #expect(status.message.contains("after_revision \"\(after)\"") && status.message.contains("\(last + 1)"))
        #expect(
          try await Self.revisions(office, .init(afterRevision: after, skipCompacted: true))
            == Array(last + 1...newest))
      }
      #expect(try await Self.revisions(office, .init(afterRevision: last)) == Array(last + 1...newest))
      for after in [newest - 1, newest, .max] {
        for skips in [false, true] {
          let read = try await Self.revisions(office, .init(afterRevision: after, skipCompacted: skips))
          #expect(read == (after < newest ? [newest] : []), "\(after)")
        }
      }
    }
  }
}
