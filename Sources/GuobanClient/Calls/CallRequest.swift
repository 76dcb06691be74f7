internal import GuobanMessages
internal import GuobanWire

/// What a caller asked for, before it is known on which connection it will go.
struct CallRequest: Sendable {
  var method: String
  var message: [UInt8]
  var metadata: [String: String]
  /// Nil leaves it to the daemon.
  var timeout: Duration?
  /// When the caller stops waiting.
  var deadline: MonotonicTime
  /// More messages follow the first.
  var sendsMore = false

  /// The frame for this connection; the time that has passed since the caller asked is taken off.
  func frame(_ terms: ServerTerms, now: MonotonicTime) throws(Status) -> RPC.Call {
    try terms.checkSize(message)
    let entry = try terms.method(method)
    var frame = RPC.Call(target: .methodId(entry.id), message: message, endStream: !sendsMore)
    if timeout != nil {
      // Never 0, which would mean the server's default.
      frame.timeoutMs = max(1, (deadline - now).wholeMilliseconds)
    }
    if !metadata.isEmpty {
      frame.metadata = metadata.sorted { $0.key < $1.key }.map { RPC.Metadata(key: $0.key, value: $0.value) }
    }
    return frame
  }
}
