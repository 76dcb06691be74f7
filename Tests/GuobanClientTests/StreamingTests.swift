import GuobanClient
import GuobanServer
import GuobanWire
import Synchronization
import Testing

/// Calls in which the client sends many messages.
@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
  @Test func manyMessagesMakeOneAnswer() async throws {
    try await Backend().serveClient { client in
      let upload = try client.upload("/test/Sum")
      for _ in 0..<200 { try await upload.send([UInt8](repeating: 1, count: 10_000)) }
      #expect(try await upload.finish() == Array("200 2000000".utf8))
      let nothing = try client.upload("/test/Sum")
      #expect(try await nothing.finish() == Array("0 0".utf8))
      let empty = try client.upload("/test/Sum")
      try await empty.send([])
      #expect(try await empty.finish() == Array("1 0".utf8))
    }
  }

  @Test func sendingWaitsForCreditAndCancellingEndsTheWait() async throws {
    let backend = Backend()
    try await backend.serveClient({ $0.streamCreditBytes = 5000 }) { client in
      let sent = Counter()
      let upload = try client.upload("/test/Deaf")
      let sending = Task {
        for _ in 0..<100 {
          try await upload.send([UInt8](repeating: 1, count: 1000))
          sent.add()
        }
      }
      try await eventually("the credit is used") { sent.value == 5 }
      try await Task.sleep(for: .milliseconds(50))
      #expect(sent.value == 5)
      sending.cancel()
      let status = await #expect(throws: Status.self) { try await sending.value }
      #expect(status?.code == .cancelled)
      try await eventually("the server is told") { backend.cancelled.load(ordering: .relaxed) == 1 }
    }
  }

  @Test func bothSidesSendAsMuchAsTheyLike() async throws {
    try await Backend().serveClient({
      $0.streamCreditBytes = 3000
      $0.connectionCreditBytes = 5000
    }) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<UInt8(4) {
          group.addTask {
            let talk = try client.bidirectional("/test/Mirror")
            let sending = Task {
              for index in 0..<UInt8(100) { try await talk.send([worker, index] + [UInt8](repeating: 0, count: 300)) }
              talk.finishSending()
            }
            var heard: [[UInt8]] = []
            for try await message in talk.messages { heard.append(Array(message.prefix(2))) }
            try await sending.value
            #expect(heard == (0..<100).map { [worker, $0] })
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func anEarlyAnswerEndsTheSending() async throws {
    try await Backend().serveClient({ $0.streamCreditBytes = 100 }) { client in
      let upload = try client.upload("/test/First")
      try await upload.send([7])
      let status = await #expect(throws: Status.self) {
        for _ in 0..<1000 { try await upload.send([UInt8](repeating: 1, count: 100)) }
      }
      #expect(status?.code == .cancelled && status?.message.contains("has answered") == true)
      #expect(try await upload.finish() == [7])
    }
  }

  @Test func theDeadlineAndLettingGoEndAnUploadOnBothSides() async throws {
    let backend = Backend()
    try await backend.serveClient { client in
      let late = try client.upload("/test/Deaf", timeout: .milliseconds(50))
      let status = await #expect(throws: Status.self) { try await late.finish() }
      #expect(status?.code == .deadlineExceeded)
      try await eventually("the server stopped") { backend.cancelled.load(ordering: .relaxed) == 1 }
      do {
        let dropped = try client.upload("/test/Deaf")
        try await dropped.send([1])
        try await eventually("it runs") { backend.begun.load(ordering: .relaxed) == 2 }
      }
      try await eventually("the server stopped") { backend.cancelled.load(ordering: .relaxed) == 2 }
    }
  }
}
