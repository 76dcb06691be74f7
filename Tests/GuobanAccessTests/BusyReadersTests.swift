import Dispatch
import Foundation
import GuobanClient
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import Synchronization
import Testing

/// The thread that writes waits for nobody who reads.
struct BusyReadersTests {
  @Test(.timeLimit(.minutes(2))) func aRequestMadeAgainReadsItsAnswerElsewhere() async throws {
    try await Office.with(try TemporaryFolder()) { office in
      let admin = try await office.admin()
      let first = try await Self.apply(admin)
      let crowd = Crowd()
      for _ in 0..<SQLiteConfiguration().readersMax {
        Thread { try? office.store.read { _ in crowd.stay() } }.start()
      }
      while !crowd.isComplete { try await Task.sleep(for: .milliseconds(1)) }

      async let again = Self.apply(admin)
      let written = await Self.writes(20, admin)
      crowd.leave()
      #expect(throws: Never.self) { try written.get() }
      #expect(try await again == first)
      await admin.shutdown()
    }
  }

  /// All connections that read, in the hands of some who take their time.
  private final class Crowd: Sendable {
    private let count = Atomic<Int>(0)
    private let end = DispatchSemaphore(value: 0)

    var isComplete: Bool { count.load(ordering: .relaxed) == SQLiteConfiguration().readersMax }

    func stay() {
      count.add(1, ordering: .relaxed)
      end.wait()
    }

    func leave() { for _ in 0..<SQLiteConfiguration().readersMax { end.signal() } }
  }

  /// Made again it reads the record for its answer.
  private static func apply(_ client: GuobanClient) async throws -> Ledger.ApplyResponse {
    let region = Ledger.Region(code: "410928", name: "濮阳县", kind: .county)
    return try await client.call(
      "/guoban.v1.LedgerService/Apply",
      Ledger.ApplyRequest(
        mutations: [Ledger.Mutation(kind: .upsert, recordType: "Region", record: region.packed())],
        requestId: "monday"), timeout: .seconds(60))
  }

  /// One after the other, so that most of them come after whatever else was sent.
  private static func writes(_ count: Int, _ client: GuobanClient) async -> Result<Void, any Error> {
    do {
      for number in 0..<count {
        let region = Ledger.Region(code: "4109\(20 + number)", name: "县\(number)", kind: .county)
        let _: Ledger.BatchUpsertResponse = try await client.call(
          "/guoban.v1.RegionService/BatchUpsertRegions", Ledger.BatchUpsertRegionsRequest(regions: [region]),
          timeout: .seconds(10))
      }
      return .success(())
    } catch {
      return .failure(error)
    }
  }
}
