import GuobanAccess
import GuobanClient
import GuobanServer
import Synchronization
import Testing

/// Bytes on the sockets of a server.
private final class Traffic: ServerObserver {
  let read = Atomic<Int>(0)
  let written = Atomic<Int>(0)

  func bytesRead(_ count: Int) { read.add(count, ordering: .relaxed) }
  func bytesWritten(_ count: Int) { written.add(count, ordering: .relaxed) }
}

@Suite(.timeLimit(.minutes(1))) struct CompressionTests {
  @Test(arguments: [false, true])
  func longFramesAreCompressedBothWaysWhenTheClientAsks(compresses: Bool) async throws {
    let backend = Backend()
    let traffic = Traffic()
    try await backend.serve(observer: traffic) { endpoint, _ in
      var configuration = ClientConfiguration()
      configuration.compresses = compresses
      let client = try await GuobanClient.connect(
        to: endpoint, token: Backend.token.text, name: "test", configuration: configuration)
      let message = [UInt8](repeating: 7, count: 300_000)
      #expect(try await client.call("/test/Echo", message: message) == message)
      let short = [UInt8](repeating: 7, count: 3)
      #expect(try await client.call("/test/Echo", message: short) == short)
      await client.shutdown()
    }
    let (read, written) = (traffic.read.load(ordering: .relaxed), traffic.written.load(ordering: .relaxed))
    // Hello with its method table is a few kilobytes.
    #expect(compresses ? read < 2000 && written < 20_000 : read > 300_000 && written > 300_000, "\(read), \(written)")
  }
}
