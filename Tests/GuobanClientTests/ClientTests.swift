import GuobanAccess
import GuobanClient
import GuobanMessages
import GuobanServer
import GuobanWire
import NIOCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ClientTests {
  @Test func manyCallsRunAtOnceAndEveryoneGetsTheirOwnAnswer() async throws {
    try await Backend().serveClient({ $0.streamsMax = 1000 }) { client in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<1000 {
          group.addTask {
            let bytes = withUnsafeBytes(of: index) { Array($0) }
            return try await client.call("/test/Echo", message: bytes) == bytes
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func messagesGoAsValues() async throws {
    try await Backend().serveClient { client in
      let response: Health.HealthCheckResponse = try await client.call(
        "/grpc.health.v1.Health/Check", Health.HealthCheckRequest())
      #expect(response.status == .serving)
      let value = try await client.call("/test/Key", message: [], metadata: ["key": "值"])
      #expect(value == Array("值".utf8))
      #expect(client.hello.principal == "token")
    }
  }

  @Test func aRefusalComesWithItsFields() async throws {
    try await Backend().serveClient { client in
      let status = await #expect(throws: Status.self) { try await client.call("/test/Fail", message: []) }
      #expect(status?.code == .invalidArgument)
      #expect(status?.violations(limits: .standard).first?.field == "plate")
    }
  }

  @Test func whatIsTooLongOrUnknownIsRefusedBeforeItIsSent() async throws {
    try await Backend().serveClient({ $0.messageBytesMax = 100 }) { client in
      let atLimit = try await client.call("/test/Echo", message: [UInt8](repeating: 1, count: 100))
      #expect(atLimit.count == 100)
      let long = await #expect(throws: Status.self) {
        try await client.call("/test/Echo", message: [UInt8](repeating: 1, count: 101))
      }
      #expect(long?.code == .resourceExhausted)
      let unknown = await #expect(throws: Status.self) { try await client.call("/test/None", message: []) }
      #expect(unknown?.code == .unimplemented && unknown?.message.contains("/test/None") == true)
    }
  }

  @Test func aTimeoutEndsTheCallOnBothSides() async throws {
    let backend = Backend()
    try await backend.serveClient { client in
      let status = await #expect(throws: Status.self) {
        try await client.call("/test/Hold", message: [], timeout: .milliseconds(100))
      }
      #expect(status?.code == .deadlineExceeded)
      try await eventually("the server stops too") { backend.cancelled.load(ordering: .relaxed) == 1 }
    }
  }

  @Test func cancellingTheTaskCancelsTheCall() async throws {
    let backend = Backend()
    try await backend.serveClient { client in
      let task = Task { try await client.call("/test/Hold", message: []) }
      try await Task.sleep(for: .milliseconds(50))
      task.cancel()
      let status = await #expect(throws: Status.self) { try await task.value }
      #expect(status?.code == .cancelled)
      try await eventually("the server is told") { backend.cancelled.load(ordering: .relaxed) == 1 }
      let early = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await client.call("/test/Hold", message: [])
      }
      let first = await #expect(throws: Status.self) { try await early.value }
      #expect(first?.code == .cancelled)
    }
  }

  @Test func aStreamGivesEveryMessageInOrderAndThenItsEnd() async throws {
    try await Backend().serveClient({ $0.streamCreditBytes = 5000 }) { client in
      var firsts: [UInt8] = []
      for try await message in try client.stream("/test/Stream", message: [200]) { firsts.append(message[0]) }
      #expect(firsts == Array(0..<200))
      var count = 0
      let status = await #expect(throws: Status.self) {
        for try await _ in try client.stream("/test/Stream", message: [3, 1]) { count += 1 }
      }
      #expect(count == 3 && status?.code == .dataLoss)
    }
  }

  @Test func aStreamIsFetchedNoFasterThanItIsConsumed() async throws {
    let backend = Backend()
    try await backend.serveClient({ $0.streamCreditBytes = 5000 }) { client in
      let stream = try client.stream("/test/Stream", message: [250])
      try await eventually("the credit is used") { backend.sent.load(ordering: .relaxed) == 5 }
      try await Task.sleep(for: .milliseconds(100))
      #expect(backend.sent.load(ordering: .relaxed) == 5)
      var count = 0
      for try await _ in stream { count += 1 }
      #expect(count == 250)
    }
  }

  @Test func oneStreamThatNobodyConsumesDoesNotHoldUpAnother() async throws {
    try await Backend().serveClient({
      $0.streamCreditBytes = 4000
      $0.connectionCreditBytes = 5000
    }) { client in
      let ignored = try client.stream("/test/Stream", message: [250])
      var count = 0
      for try await _ in try client.stream("/test/Stream", message: [200]) { count += 1 }
      #expect(count == 200)
      _ = ignored
    }
  }

  @Test func lettingGoOfAStreamCancelsIt() async throws {
    let backend = Backend()
    try await backend.serveClient({ $0.streamCreditBytes = 2000 }) { client in
      for try await _ in try client.stream("/test/Stream", message: [250]) { break }
      try await eventually("the server stops") { backend.cancelled.load(ordering: .relaxed) == 1 }
    }
  }

  @Test func aDaemonThatStopsIsSaidSo() async throws {
    try await Backend().serve { endpoint, server in
      let client = try await GuobanClient.connect(to: endpoint, token: Backend.token.text, name: "test")
      let running = Task { try await client.call("/test/Hold", message: []) }
      try await Task.sleep(for: .milliseconds(50))
      await server.drain(timeout: .milliseconds(50))
      let lost = await #expect(throws: Status.self) { try await running.value }
      #expect(lost?.code == .unavailable)
      // The next call tries a new connection, and there is nobody.
      let later = await #expect(throws: Status.self) { try await client.call("/test/Echo", message: []) }
      #expect(later?.code == .unavailable && later?.message.contains("is guoband running") == true)
    }
  }

  @Test func aWrongTokenIsExplained() async throws {
    try await Backend().serve { endpoint, _ in
      let status = await #expect(throws: Status.self) {
        try await GuobanClient.connect(to: endpoint, token: "gbt_wrong", name: "test")
      }
      #expect(status?.code == .unauthenticated && status?.message.contains("token file") == true)
    }
  }

  @Test(arguments: [Endpoint.unix(path: "/tmp/guoban-no-such.sock"), .tcp(host: "127.0.0.1", port: 1)])
  func noDaemonIsSaidWithItsAddressAndWhatToTry(endpoint: Endpoint) async throws {
    let status = await #expect(throws: Status.self) { try await GuobanClient.connect(to: endpoint, name: "test") }
    #expect(status?.code == .unavailable)
    #expect(status?.message.contains(endpoint.description) == true)
    #expect(status?.message.contains("is guoband running") == true)
  }
}
