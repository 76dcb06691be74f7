import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// grpc-swift-2 echo server: EchoServer PORT. The message is passed on as bytes, so no protobuf is paid for.
@main struct EchoServer {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
      fatalError("usage: EchoServer PORT")
    }
    let server = GRPCServer(
      transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext),
      services: [Echo()])
    try await server.serve()
  }
}

struct Echo: RegistrableRPCService {
  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Say"),
      deserializer: Passed(), serializer: Passed()
    ) { request, _ in
      let unary = try await ServerRequest(stream: request)
      return StreamingServerResponse(single: ServerResponse(message: unary.message))
    }
  }
}

struct Passed: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

  func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> [UInt8] {
    serializedMessageBytes.withUnsafeBytes { Array($0) }
  }
}
