import GuobanMessages
import GuobanWire
import NIOCore
import Testing

@testable import GuobanServer

/// What the observer hears, and how calls are named.
@Suite(.timeLimit(.minutes(1))) struct ObserverTests {
  @Test func everyAnswerIsReportedOnceWithWhatTheClientSaw() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Echo", [1, 2, 3])
      client.call("/test/Throw")
      client.call("/test/Nothing", [1])
      client.call("/test/Until", timeoutMs: 50)
      var replies: [UInt32: RPC.Reply] = [:]
      for _ in 0..<4 {
        let (id, reply) = try await client.nextReply()
        replies[id] = reply
      }
      try await eventually("all are reported") { test.probe.finished.count == 4 }
      let told = Dictionary(uniqueKeysWithValues: test.probe.finished.map { ($0.method, $0) })
      let echo = try #require(told["/test/Echo"])
      #expect(echo.status == nil && echo.requestBytes == 3 && echo.replyBytes == 3 && echo.queueing == .zero)
      #expect(echo.hasStarted && echo.methodID == 1 && replies[1]?.metadata.isEmpty == true)
      #expect(told["/test/Throw"]?.status?.code == .failedPrecondition)
      #expect((told["/test/Throw"]?.queueing ?? .zero) > .zero)
      #expect(told["unknown"]?.status?.code == .unimplemented && told["unknown"]?.methodID == 0)
      #expect(told["unknown"]?.hasStarted == false)
      #expect(told["/test/Until"]?.status?.code == .deadlineExceeded)
      for (id, name) in [(2, "/test/Throw"), (3, "unknown"), (4, "/test/Until")] as [(UInt32, String)] {
        let quoted = replies[id]?.metadata.first { $0.key == "request-id" }?.value
        #expect(quoted != nil && quoted == told[name]?.identity.requestID, "\(name)")
        #expect(quoted?.hasSuffix("-\(id)") == true)
      }
    }
  }

  @Test func aCallThatOutlivesItsConnectionIsReportedOnce() async throws {
    try await TestServer.with { test in
      let client = try await test.greet()
      client.call("/test/Until")
      client.call("/test/Hold")
      try await eventually("both run") { test.probe.held.count == 1 }
      try await client.kill()
      try await eventually("the connection has ended") { test.probe.closed.count == 1 }
      test.probe.releaseHeld()
      try await eventually("both are reported") { test.probe.finished.count == 2 }
      #expect(Set(test.probe.finished.map(\.method)) == ["/test/Until", "/test/Hold"])
      #expect(test.probe.finished.allSatisfy { $0.status?.code == .cancelled && !$0.principal.isEmpty })
    }
  }

  @Test func aClientsIDIsTakenWhenItIsFitForALog() {
    let longest = String(repeating: "a", count: 64)
    for fit in ["a", "A-b_c.d:e/f+g=h@9", longest] {
      #expect(CallIdentity(connection: 3, stream: 7, metadata: ["request-id": fit]).requestID == fit)
    }
    for unfit in ["", "a b", "a\nb", "é", "\u{0}", "a;b", "$(x)", longest + "a"] {
      #expect(CallIdentity(connection: 3, stream: 7, metadata: ["request-id": unfit]).requestID == "3-7")
    }
    #expect(CallIdentity(connection: 3, stream: 7, metadata: [:]).requestID == "3-7")
  }

  @Test func onlyAValidTraceParentIsPassedOn() {
    let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let cases: [(String, String?)] = [
      (valid, valid), ("cc" + valid.dropFirst(2), "cc" + valid.dropFirst(2)),
      ("cc" + valid.dropFirst(2) + "-what-the-future-will-be-like", "cc" + valid.dropFirst(2)),
      ("cc" + valid.dropFirst(2) + ".what", nil), (valid + "-x", nil), ("ff" + valid.dropFirst(2), nil),
      (valid.uppercased(), nil), (String(valid.dropLast()), nil), ("", nil),
      ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", nil),
      ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", nil),
      (valid.replacingOccurrences(of: "-", with: "_"), nil), (String(valid.dropLast(2)) + "é", nil),
    ]
    for (text, expected) in cases {
      #expect(
        CallIdentity(connection: 1, stream: 1, metadata: ["traceparent": text]).traceParent == expected, "\(text)")
    }
  }
}

extension String {
  fileprivate func replacingOccurrences(of old: Character, with new: Character) -> String {
    String(map { $0 == old ? new : $0 })
  }
}
