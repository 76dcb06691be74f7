import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Numbers of passes under load, and when the daemon is killed in the middle.
struct PassNumberTests {
  private static let issuers = 24
  private static let kills = 3
  private static let divisions = ["430500", "430100"]

  @Test(.timeLimit(.minutes(5))) func numbersHaveNoGapAndNoDuplicateUnderLoadAndKills() async throws {
    let place = try Workplace()
    var acknowledged: [String: Set<String>] = [:]
    for round in 0...Self.kills {
      let daemon = try await Guoband(place)
      let client = try await daemon.connect()
      if round == 0 {
        for code in Self.divisions { try await Calls(client).createRegion(code, code) }
      }
      let numbers = try await issue(round, daemon, isKilled: round < Self.kills)
      for (request, number) in numbers { acknowledged[number, default: []].insert(request) }
      if round == Self.kills { try await check(client, acknowledged) }
      if round == Self.kills { try await daemon.stop() }
    }
  }

  /// Issues from many clients at once until the daemon is killed or each has issued its share. What was acknowledged.
  private func issue(_ round: Int, _ daemon: Guoband, isKilled: Bool) async throws -> [(String, String)] {
    let socket = "\(daemon.dataDirectory)/guoban.sock"
    return try await withThrowingTaskGroup(of: [(String, String)].self) { group in
      for issuer in 0..<Self.issuers {
        group.addTask {
          var done: [(String, String)] = []
          guard let client = try? await GuobanClient.connect(to: .unix(path: socket), name: "issuer/1") else {
            return done
          }
          for turn in 0..<(isKilled ? 10_000 : 20) {
            let id = "r\(round)-i\(issuer)-t\(turn)"
            let plate = String(String(1_000_000 + round * 200_000 + issuer * 5000 + turn % 5000).suffix(5))
            let request = Ledger.IssuePassRequest(
              division: Self.divisions[issuer % 2], kind: .city, plate: "湘\(["A", "E", "B", "C"][round % 4])\(plate)",
              goods: "米", origin: "430500", destination: "430100", requestId: id)
            guard
              let answer: Ledger.IssuePassResponse = try? await client.call(
                "/guoban.v1.PassService/IssuePass", request, timeout: .seconds(20)), let pass = answer.pass
            else { break }
            done.append((id, pass.number))
          }
          await client.shutdown()
          return done
        }
      }
      if isKilled {
        try await Task.sleep(for: .milliseconds(400))
        try await daemon.kill()
      }
      var all: [(String, String)] = []
      for try await done in group { all += done }
      return all
    }
  }

  private func check(_ client: GuobanClient, _ acknowledged: [String: Set<String>]) async throws {
    // One request, one number.
    #expect(acknowledged.values.allSatisfy { $0.count == 1 })
    #expect(acknowledged.count >= Self.issuers * 20)
    var numbers: [String] = []
    let stream: AsyncThrowingMapSequence<ServerStream, Ledger.ExportResponse> = try client.stream(
      "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: "Pass"))
    for try await part in stream {
      numbers += try part.records.map { try Ledger.Pass(packed: $0, limits: .standard).number }
    }
    #expect(Set(numbers).count == numbers.count)
    #expect(Set(acknowledged.keys).isSubset(of: numbers))
    for division in Self.divisions {
      let sequences = numbers.filter { $0.hasPrefix(division) }.compactMap { Int($0.suffix(6)) }.sorted()
      #expect(sequences == Array(1...max(sequences.count, 1)), "\(division)")
    }
    print("passes issued: \(numbers.count), acknowledged: \(acknowledged.count), kills: \(Self.kills)")
  }
}
