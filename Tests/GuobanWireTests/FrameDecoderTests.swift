import GuobanMessages
import GuobanWire
import NIOCore
import Testing

private let frameBytesMax = 1024
private let limits = DecodeLimits(
  messageBytesMax: frameBytesMax, depthMax: 4, elementsMax: 16, unknownFieldsMax: 16, memoryBytesMax: 1 << 20)

private func decoder() -> FrameDecoder { FrameDecoder(frameBytesMax: frameBytesMax, limits: limits) }

private func ping(_ bytes: Int) -> RPC.Frame {
  RPC.Frame(body: .ping(RPC.Ping(payload: [UInt8](repeating: 7, count: bytes))))
}

private func packed(_ frames: RPC.Frame...) -> ByteBuffer {
  var buffer = ByteBuffer()
  for frame in frames { FrameEncoder.write(frame, into: &buffer) }
  return buffer
}

@Test func framesSurviveEveryWayOfCuttingTheStream() throws {
  let frames = [ping(0), ping(300), RPC.Frame(streamId: 9, body: .cancel(RPC.Cancel())), ping(1)]
  var bytes = ByteBuffer()
  for frame in frames { FrameEncoder.write(frame, into: &bytes) }
  for size in 1...bytes.readableBytes {
    var decoder = decoder()
    var rest = bytes
    var got: [RPC.Frame] = []
    while rest.readableBytes > 0, let piece = rest.readSlice(length: min(size, rest.readableBytes)) {
      decoder.append(piece)
      while let frame = try decoder.next() { got.append(frame) }
    }
    #expect(got == frames, "cut every \(size) bytes")
    #expect(decoder.bufferedBytes == 0)
  }
}

@Test func aFrameOfExactlyTheLimitIsTakenAndOneByteMoreIsNot() throws {
  // Body: field 8, its length (2 bytes), field 1, its length (2 bytes), payload.
  let atLimit = packed(ping(frameBytesMax - 6))
  #expect(atLimit.readableBytes == frameBytesMax + 5)
  var taker = decoder()
  taker.append(atLimit)
  let taken = try taker.next()
  #expect(taken != nil)

  var refuser = decoder()
  refuser.append(packed(ping(frameBytesMax - 5)))
  #expect(throws: FrameError.tooLong(bytes: frameBytesMax + 1, bytesMax: frameBytesMax)) { try refuser.next() }
}

@Test func aHugeLengthIsRefusedOnItsHeaderBeforeAnyBody() {
  var decoder = decoder()
  decoder.append(ByteBuffer(bytes: [0, 0xff, 0xff, 0xff, 0xff]))
  #expect(throws: FrameError.tooLong(bytes: 0xffff_ffff, bytesMax: frameBytesMax)) { try decoder.next() }
}

@Test(arguments: [
  ("GET / HTTP/1.1\r\n", FrameError.Guess.http), ("PRI * HTTP/2.0\r\n", .http), ("\u{16}\u{3}\u{1}", .tls),
  ("\u{2}", .unknown), ("xyz", .unknown),
])
func firstBytesOfOtherProtocolsAreKnownAsSuch(bytes: String, guess: FrameError.Guess) {
  var decoder = decoder()
  decoder.append(ByteBuffer(string: bytes))
  #expect(throws: FrameError.notThisProtocol(guess)) { try decoder.next() }
}

@Test(arguments: 1...7)
func everyReservedFlagIsRefusedOnItsOwnByte(bit: UInt8) throws {
  var decoder = decoder()
  decoder.append(packed(ping(1)))
  _ = try decoder.next()
  decoder.append(ByteBuffer(bytes: [1 << bit]))
  #expect(throws: FrameError.reservedFlags(1 << bit)) { try decoder.next() }
}

@Test func aBodyThatIsNoFrameIsMalformed() {
  var decoder = decoder()
  decoder.append(ByteBuffer(bytes: [0, 0, 0, 0, 2, 0x12, 0x7f]))
  let error = #expect(throws: FrameError.self) { try decoder.next() }
  #expect(error?.status.code == .invalidArgument)
}
