public import GuobanMessages

/// Why the bytes of a stream cannot be read as frames. After one of these the stream cannot be followed any further.
public enum FrameError: Error, Sendable, Equatable {
  /// The first bytes are no frame header at all: an HTTP request, a TLS hello, a port scanner.
  case notThisProtocol(Guess)
  /// A flag that must be 0 is set.
  case reservedFlags(UInt8)
  /// The body should be one zstd frame that says its size, and is not; with zstd's words.
  case badCompression(String)
  /// The header announces more bytes than the limit.
  case tooLong(bytes: Int, bytesMax: Int)
  /// The body is not a frame.
  case malformed(DecodeError)

  /// What the peer seems to speak instead.
  public enum Guess: Sendable, Equatable {
    /// `GET / HTTP/1.1`, or HTTP/2's preface.
    case http
    /// A TLS ClientHello.
    case tls
    /// Anything else.
    case unknown
  }
}

extension FrameError {
  /// What to tell the peer in a GoAway.
  public var status: Status {
    switch self {
    case .notThisProtocol: Status(.invalidArgument, english: line)
    case .reservedFlags(let flags):
      Status(.invalidArgument, english: "frame flags 0x\(String(flags, radix: 16)): bits 1 to 7 must be 0")
    case .badCompression(let reason):
      Status(
        .invalidArgument,
        english: "a frame with flags 1 could not be unpacked (one zstd frame with its content size): \(reason)"
      )
    case .tooLong(let bytes, let bytesMax):
      Status(
        .resourceExhausted, english: "a frame of \(bytes) bytes is over the limit of \(bytesMax) (frame_bytes_max)")
    case .malformed(let error):
      Status(.invalidArgument, english: "a frame could not be read: \(Status(error).message)")
    }
  }

  /// One readable line for a peer that would not understand a frame.
  public var line: String {
    let what =
      switch self {
      case .notThisProtocol(.http): "an HTTP request"
      case .notThisProtocol(.tls): "a TLS hello"
      default: "something else"
      }
    return "guoband: this port speaks Guoban RPC (length-prefixed protobuf) in plain, not \(what). Try guobanctl."
  }
}
