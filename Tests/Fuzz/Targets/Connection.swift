internal import GuobanMessages
internal import NIOCore

extension FuzzTarget {
  /// A whole connection of the server, without a socket: the first byte sets limits, the rest is a script of what the
  /// client sends and what the handlers do meanwhile.
  ///
  /// Handlers never run above the cap; each stream that was opened gets one reply at most and no Data after it; nothing
  /// comes on streams never opened; when the connection ends every handler has been told.
  static let connection = FuzzTarget(name: "connection", inputBytesMax: 1024) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    let setup = cursor.byte()
    var conversation = try FuzzConversation(streamsMax: 1 << Int(setup & 3), greets: setup & 4 == 0)
    // A script that never ends teaches nothing more.
    for _ in 0..<200 where !cursor.isAtEnd {
      try conversation.perform(ConnectionStep(&cursor))
    }
    try conversation.end()
  } seeds: {
    let call = RPC.Frame(streamId: 1, body: .call(.init(target: .method("/f/Hold"), message: [1, 2], endStream: true)))
    let body = call.packed()
    return [
      "echo": [2, 0, 0, 1, 3, 9], "hold-and-release": [2, 0, 0, 2, 3, 2], "a-body": [0, 1, UInt8(body.count)] + body,
      "raw": [0, 2, UInt8(Self.wire([call]).count)] + Self.wire([call]),
      "stream": [2, 0, 0, 3, 4, 4, 200, 0, 2, 255, 4, 100, 5], "too-many": [0] + [0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2, 1],
      "cancel": [1, 0, 0, 2, 1, 0, 1, 0, 3], "drain": [1, 0, 0, 2, 1, 6, 0, 0, 1, 1, 3],
      "ping": [1, 0, 3, 4, 0, 3, 255],
      "data": [1, 0, 0, 2, 1, 0, 4, 0, 9], "no-hello": [5, 0, 0, 1, 1], "hello": [5, 0, 5, 1],
      "time": [1, 0, 0, 2, 7, 255],
      "reply": [0, 0, 6, 1], "go-away": [0, 0, 7, 1], "upload": [2, 0, 0, 8, 1, 0, 4, 0, 9, 0, 4, 0, 137],
    ]
  }
}

/// One thing that happens on a fuzzed connection.
enum ConnectionStep {
  /// The client sends these bytes.
  case receive([UInt8])
  /// Handlers that hold their calls answer them.
  case release
  /// Streaming handlers offer a message of so many bytes.
  case offer(Int)
  /// Streaming handlers end.
  case endStreams
  /// The server drains.
  case drain
  /// So many milliseconds pass.
  case wait(Int)

  init(_ cursor: inout InputCursor) {
    switch cursor.byte() % 8 {
    case 0: self = .receive(FuzzTarget.wire([Self.frame(&cursor)]))
    case 1:
      let body = cursor.bytes(Int(cursor.byte()))
      self = .receive([0, 0, 0, 0, UInt8(body.count)] + body)
    case 2: self = .receive(cursor.bytes(Int(cursor.byte())))
    case 3: self = .release
    case 4: self = .offer(Int(cursor.byte()) * 8)
    case 5: self = .endStreams
    case 6: self = .drain
    default: self = .wait(Int(cursor.byte()) * 100)
    }
  }

  /// A frame that means something, on a stream near 0.
  private static func frame(_ cursor: inout InputCursor) -> RPC.Frame {
    let kind = cursor.byte() % 8
    let (first, second) = (cursor.byte(), cursor.byte())
    let message = [UInt8](repeating: second, count: Int(second & 127) * 4)
    let body: RPC.Frame.Body =
      switch kind {
      case 0:
        .call(
          .init(
            target: .methodId(UInt32(first & 7)), timeoutMs: UInt32(second) * 100, message: message,
            endStream: first & 8 == 0))
      case 1: .cancel(.init())
      case 2: .credit(.init(bytes: UInt32(second) << UInt32(first & 24)))
      case 3: .ping(.init(payload: message, answer: first & 128 != 0))
      case 4: .data(.init(message: message, endStream: second & 128 != 0))
      case 5: .hello(.init(protocolVersions: [UInt32(first)]))
      case 6: .reply(.init(code: UInt32(first), message: message))
      default: .goAway(.init(lastStreamId: UInt32(first), code: UInt32(second)))
      }
    let onConnection = kind == 3 || kind == 5 || kind == 7
    return RPC.Frame(streamId: onConnection ? 0 : UInt32(kind == 0 ? cursor.byte() : first & 15), body: body)
  }
}
