internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

extension FuzzTarget {
  /// The frame decoder: one byte says how the rest is cut into reads, the rest is the stream.
  ///
  /// However a stream is cut, the same frames come out of it and the same error ends it; never more is held than one
  /// frame; what was decoded can be written and read again.
  static let frame = FuzzTarget(name: "frame", inputBytesMax: 4096) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    let cut = Int(cursor.byte()) + 1
    let stream = cursor.remaining()
    let whole = try decode(stream, cut: max(1, stream.count))
    let pieces = try decode(stream, cut: cut)
    try require(whole.frames == pieces.frames, "reads of \(cut) bytes give other frames than one read")
    try require(whole.error == pieces.error, "reads of \(cut) bytes give another error than one read")
    for frame in whole.frames {
      var buffer = ByteBuffer()
      let written = FrameEncoder.write(frame, into: &buffer)
      try require(written == buffer.readableBytes, "the encoder miscounts its bytes")
      var decoder = FrameDecoder(frameBytesMax: 1 << 20, limits: .frame)
      decoder.append(buffer)
      let again = try? decoder.next()
      try require(again?.packed() == frame.packed() && decoder.bufferedBytes == 0, "a frame is not what was written")
    }
  } seeds: {
    let call = RPC.Call(
      target: .method("/guoban.v1.PassService/VerifyPass"), timeoutMs: 500,
      metadata: [.init(key: "request-id", value: "r-1")], message: [10, 3, 1, 2, 3], endStream: true)
    let frames: [String: RPC.Frame] = [
      "hello": RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1], name: "seed/1", token: "gbt_x"))),
      "call": RPC.Frame(streamId: 1, body: .call(call)),
      "data": RPC.Frame(streamId: 2, body: .data(.init(message: [1, 2], endStream: true))),
      "reply": RPC.Frame(
        streamId: 2, body: .reply(.init(code: 5, statusMessage: "没有", details: [[1]], message: [2]))),
      "credit": RPC.Frame(streamId: 2, body: .credit(.init(bytes: 1 << 18))),
      "cancel": RPC.Frame(streamId: 2, body: .cancel(.init())),
      "ping": RPC.Frame(body: .ping(.init(payload: [1, 2, 3, 4], answer: true))),
      "goaway": RPC.Frame(body: .goAway(.init(lastStreamId: 7, code: 14, reason: "bye", graceMs: 20_000))),
    ]
    var seeds = frames.mapValues { [UInt8(6)] + Self.wire([$0]) }
    seeds["conversation"] = [2] + Self.wire(frames.sorted { $0.key < $1.key }.map(\.value))
    var compressed = ByteBuffer()
    let long = RPC.Frame(streamId: 1, body: .data(.init(message: [UInt8](repeating: 42, count: 400))))
    FrameEncoder.write(long, into: &compressed, compression: FrameCompression(bytesMin: 1, level: 1))
    seeds["compressed"] = [200] + Array(compressed.readableBytesView)
    seeds["not-compressed"] = [0, 1, 0, 0, 0, 1, 0]
    seeds["http"] = [9] + Array("GET / HTTP/1.1\r\n\r\n".utf8)
    return seeds
  }

  /// Frames as they go over the wire.
  static func wire(_ frames: [RPC.Frame]) -> [UInt8] {
    var buffer = ByteBuffer()
    for frame in frames { FrameEncoder.write(frame, into: &buffer) }
    return Array(buffer.readableBytesView)
  }

  private static let frameBytesMax = 1024

  private static func decode(
    _ stream: [UInt8], cut: Int
  ) throws(BrokenRule) -> (frames: [RPC.Frame], error: FrameError?) {
    let limits = DecodeLimits(
      messageBytesMax: frameBytesMax, depthMax: 4, elementsMax: 100, unknownFieldsMax: 10, memoryBytesMax: 1 << 20)
    var decoder = FrameDecoder(frameBytesMax: frameBytesMax, limits: limits)
    var frames: [RPC.Frame] = []
    var start = 0
    while start < stream.count {
      let end = min(start + cut, stream.count)
      decoder.append(ByteBuffer(bytes: stream[start..<end]))
      start = end
      do {
        while let frame = try decoder.next() { frames.append(frame) }
      } catch {
        return (frames, error)
      }
      try require(decoder.bufferedBytes < frameBytesMax + 5, "the decoder holds \(decoder.bufferedBytes) bytes")
    }
    return (frames, nil)
  }
}
