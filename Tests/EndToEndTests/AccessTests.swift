import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// Who may come in over TCP.
struct AccessTests {
  @Test func overTCPOnlyTheTokenOpens() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpPort=0"])
    let endpoint = try #require(daemon.tcp)
    let token = try String(contentsOfFile: daemon.dataDirectory + "/token", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(token.count >= 32)
    let flipped = String(token.dropLast()) + (token.last == "A" ? "B" : "A")
    for wrong in ["", "wrong", flipped, token + "A", String(token.dropLast())] {
      let refused = try await refusal {
        try await GuobanClient.connect(to: endpoint, token: wrong, name: "stranger/1")
      }
      #expect(refused.code == .unauthenticated)
    }
    let client = try await GuobanClient.connect(to: endpoint, token: token, name: "end-to-end/1")
    let rpc = Calls(client)
    try await rpc.createRegion("410928", "濮阳县")
    #expect(try await rpc.revision() == Calls.revisionAtFirst + 1)
    #expect(!daemon.text.contains(token))
    try await daemon.stop()
  }
}
