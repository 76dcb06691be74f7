import GuobanAccess
import GuobanServer
import GuobanTestSupport
import GuobanWire
import NIOCore
import Synchronization
import Testing

@testable import GuobanClient

/// What a client does when connections come and go.
@Suite(.timeLimit(.minutes(1))) struct ReconnectTests {
  /// A backend behind a proxy that can cut.
  private func serve(
    _ body: (Backend, CuttingProxy, GuobanClient) async throws -> Void
  ) async throws {
    let backend = Backend()
    try await backend.serve { endpoint, _ in
      let proxy = try await CuttingProxy(to: endpoint)
      var configuration = ClientConfiguration()
      configuration.retryBackoff = Backoff(first: .milliseconds(5), longest: .milliseconds(20))
      configuration.retryTokensMax = 10_000
      configuration.attemptsMax = 100
      configuration.connectBackoff = Backoff(first: .milliseconds(5), longest: .milliseconds(20))
      let client = GuobanClient(
        to: proxy.endpoint, token: Backend.token.text, name: "test", configuration: configuration)
      try await body(backend, proxy, client)
      await client.shutdown()
      try await proxy.stop()
    }
  }

  @Test func aLostConnectionIsMadeAgain() async throws {
    try await serve { _, proxy, client in
      for _ in 0..<5 {
        #expect(try await client.call("/test/Echo", message: [1]) == [1])
        proxy.cut()
        try await eventually("the client has noticed") { client.isIdle }
      }
      #expect(try await client.call("/test/Echo", message: [2]) == [2])
      #expect(proxy.accepted == 6)
    }
  }

  @Test func aCallThatWasCutIsSentAgainOnlyWhenTheCallerSaysItMay() async throws {
    try await serve { backend, proxy, client in
      for (retry, calls) in [(Retry.whenSafe, 1), (.idempotent, 2)] {
        backend.begun.store(0, ordering: .relaxed)
        let task = Task { try await client.call("/test/HoldFirst", message: [], retry: retry) }
        try await eventually("the call runs") { backend.begun.load(ordering: .relaxed) == 1 }
        proxy.cut()
        let result = await task.result
        #expect(backend.begun.load(ordering: .relaxed) == calls)
        switch result {
        case .success(let answer): #expect(retry == .idempotent && answer == [2])
        case .failure(let error): #expect(retry == .whenSafe && (error as? Status)?.code == .unavailable)
        }
      }
    }
  }

  @Test func manyCallsComeThroughManyCuts() async throws {
    var random = SeededGenerator("cuts")
    let waits = (0..<20).map { _ in Int.random(in: 0...15, using: &random) }
    try await serve { _, proxy, client in
      let done = Counter()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            var number = 0
            while done.value == 0 {
              number += 1
              let message = Array("\(worker)-\(number)".utf8)
              let answer = try await client.call(
                "/test/Echo", message: message, timeout: .seconds(40), retry: .idempotent)
              #expect(answer == message)
            }
          }
        }
        for wait in waits {
          try await Task.sleep(for: .milliseconds(wait))
          proxy.cut()
        }
        done.add()
        try await group.waitForAll()
      }
      #expect(try await client.call("/test/Echo", message: [9], retry: .idempotent) == [9])
    }
  }

  @Test func aDrainingServerSendsNewCallsToTheNextOne() async throws {
    let path = try TemporaryFolder()
    let endpoint = Endpoint.unix(path: path.path + "/s")
    let first = Backend()
    try await first.serve(on: endpoint) { _, old in
      let client = try await GuobanClient.connect(to: endpoint, token: Backend.token.text, name: "test")
      let running = Task { try await client.call("/test/HoldFirst", message: []) }
      try await eventually("the call runs") { first.begun.load(ordering: .relaxed) == 1 }
      let drain = Task { await old.drain(timeout: .seconds(20)) }
      try await eventually("the client was told") { client.isIdle }
      let second = Backend()
      try await second.serve(on: endpoint) { (_: Endpoint, _: Server) async throws -> Void in
        // The call that ran is finished by the old one, new ones go to the new one.
        #expect(try await client.call("/test/Echo", message: [1]) == [1])
        #expect(second.begun.load(ordering: .relaxed) == 0)
        first.release()
        #expect(try await running.value == [1])
        await drain.value
        #expect(try await client.call("/test/Echo", message: [2]) == [2])
      }
      await client.shutdown()
    }
  }

  @Test func moreCallsThanStreamsUseMoreConnectionsUpToTheBoundAndThenWait() async throws {
    let backend = Backend()
    try await backend.serve({ $0.streamsMax = 2 }) { endpoint, _ in
      var configuration = ClientConfiguration()
      configuration.connectionsMax = 3
      let client = GuobanClient(to: endpoint, token: Backend.token.text, name: "test", configuration: configuration)
      try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<10 { group.addTask { try await client.call("/test/HoldAll", message: []) } }
        try await eventually("six run") { backend.begun.load(ordering: .relaxed) == 6 }
        try await Task.sleep(for: .milliseconds(50))
        #expect(backend.begun.load(ordering: .relaxed) == 6)
        backend.release()
        for try await answer in group { #expect(answer == [0]) }
      }
      #expect(backend.begun.load(ordering: .relaxed) == 10)
      await client.shutdown()
    }
  }

  @Test func waitingForAStreamEndsWithTheDeadlineOrTheTask() async throws {
    let backend = Backend()
    try await backend.serve({ $0.streamsMax = 1 }) { endpoint, _ in
      var configuration = ClientConfiguration()
      configuration.connectionsMax = 1
      let client = GuobanClient(to: endpoint, token: Backend.token.text, name: "test", configuration: configuration)
      let running = Task { try await client.call("/test/HoldAll", message: []) }
      try await eventually("one runs") { backend.begun.load(ordering: .relaxed) == 1 }
      let late = await #expect(throws: Status.self) {
        try await client.call("/test/Echo", message: [], timeout: .milliseconds(50))
      }
      #expect(late?.code == .deadlineExceeded)
      let waiting = Task { try await client.call("/test/Echo", message: []) }
      try await Task.sleep(for: .milliseconds(20))
      waiting.cancel()
      let cancelled = await #expect(throws: Status.self) { try await waiting.value }
      #expect(cancelled?.code == .cancelled)
      backend.release()
      #expect(try await running.value == [0])
      await client.shutdown()
    }
  }

  @Test func aClientThatWasShutDownSaysSo() async throws {
    try await Backend().serveClient { client in
      await client.shutdown()
      let status = await #expect(throws: Status.self) {
        try await client.call("/test/Echo", message: [], retry: .idempotent)
      }
      #expect(status?.message.contains("shut down") == true)
    }
  }
}

extension GuobanClient {
  /// No connection takes calls now.
  var isIdle: Bool { !pool.isReady }
}
