import GuobanMessages
import GuobanTestSupport
import GuobanWire
import GuobanZstd
import NIOCore
import Testing

private let frameBytesMax = 64 << 10
private let compression = FrameCompression(bytesMin: 1024, level: 1)
private let headerBytes = 5

private func decoder() -> FrameDecoder {
  FrameDecoder(
    frameBytesMax: frameBytesMax,
    limits: DecodeLimits(
      messageBytesMax: frameBytesMax, depthMax: 4, elementsMax: 16, unknownFieldsMax: 16, memoryBytesMax: 1 << 20))
}

private func data(_ message: [UInt8]) -> RPC.Frame { RPC.Frame(streamId: 1, body: .data(RPC.Data(message: message))) }

private func framed(_ body: [UInt8]) -> ByteBuffer {
  var buffer = ByteBuffer(bytes: [1])
  buffer.writeInteger(UInt32(body.count))
  buffer.writeBytes(body)
  return buffer
}

private func refusal(of bytes: ByteBuffer) -> FrameError? {
  var decoder = decoder()
  decoder.append(bytes)
  return #expect(throws: FrameError.self) { try decoder.next() }
}

@Test func aLongFrameComesBackFromItsZstdFrame() throws {
  let frame = data([UInt8](repeating: 42, count: 30_000))
  var bytes = ByteBuffer()
  let written = FrameEncoder.write(frame, into: &bytes, compression: compression)
  #expect(written == bytes.readableBytes)
  #expect(written < 200)
  #expect(bytes.getInteger(at: 0, as: UInt8.self) == 1)
  var decoder = decoder()
  decoder.append(bytes)
  #expect(try decoder.next() == frame)
}

@Test func zstdItselfReadsAndWritesTheBodies() async throws {
  let frame = data([UInt8](repeating: 42, count: 30_000))
  var bytes = ByteBuffer()
  FrameEncoder.write(frame, into: &bytes, compression: compression)
  let opened = try await ProgramRun(
    "zstd", ["-q", "-dc"], input: Array(bytes.readableBytesView.dropFirst(headerBytes)))
  #expect(opened.output == frame.packed())

  // From a pipe zstd does not know the size in advance, so it is told.
  let raw = frame.packed()
  let packed = try await ProgramRun("zstd", ["-q", "-c", "--stream-size=\(raw.count)"], input: raw)
  var decoder = decoder()
  decoder.append(framed(packed.output))
  #expect(try decoder.next() == frame)
}

@Test func whatIsShortOrDoesNotShrinkGoesOutAsItIs() throws {
  var random = SeededGenerator("incompressible")
  for message in [[UInt8](repeating: 1, count: 900), (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }]
  {
    var bytes = ByteBuffer()
    FrameEncoder.write(data(message), into: &bytes, compression: compression)
    #expect(bytes.getInteger(at: 0, as: UInt8.self) == 0)
    var decoder = decoder()
    decoder.append(bytes)
    #expect(try decoder.next() == data(message))
  }
}

@Test func aBombIsRefusedByTheSizeItStates() throws {
  let bomb = try ZstdFrame.pack([UInt8](repeating: 0, count: 64 << 20), level: 1)
  #expect(bomb.count < frameBytesMax)
  #expect(refusal(of: framed(bomb)) == .tooLong(bytes: 64 << 20, bytesMax: frameBytesMax))
}

@Test func aBodyThatIsNotExactlyOneZstdFrameIsRefused() throws {
  let whole = try ZstdFrame.pack(data([UInt8](repeating: 3, count: 2000)).packed(), level: 1)
  var flipped = whole
  flipped[whole.count - 1] ^= 1
  for body in [Array(whole.dropLast()), whole + whole, flipped, [0x28, 0xb5, 0x2f, 0xfd], [], [1, 2, 3]] {
    let error = refusal(of: framed(body))
    guard case .badCompression = error else {
      Issue.record("\(body.count) bytes: \(String(describing: error))")
      continue
    }
    #expect(error?.status.code == .invalidArgument)
  }
}
