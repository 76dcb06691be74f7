public import GuobanMessages

extension Status {
  /// The reply that ends a stream with this status.
  ///
  /// The message is cut at ``messageBytesMax`` and details that would make the reply larger than a message may be are
  /// left out, so that a status always fits into a frame.
  public func reply(messageBytesMax: Int) -> RPC.Reply {
    let packed = details.map { $0.packed() }
    let size = packed.reduce(0) { $0 + $1.count }
    return RPC.Reply(
      code: code.number, statusMessage: message.cut(toBytes: Self.messageBytesMax),
      details: size + Self.messageBytesMax <= messageBytesMax ? packed : [],
      metadata: requestID.map { [RPC.Metadata(key: Self.requestIDKey, value: $0)] } ?? [])
  }

  /// The status of a reply; nil when the reply is OK.
  public init?(_ reply: RPC.Reply, limits: DecodeLimits) {
    guard reply.code != 0 else { return nil }
    self.init(
      Code(number: reply.code), reply.statusMessage,
      details: reply.details.compactMap { try? Google.AnyMessage(packed: $0, limits: limits) })
    requestID = reply.metadata.last { $0.key == Self.requestIDKey }?.value
  }

  /// The key of metadata that names a call: a client's in Call, the daemon's in the Reply of a failed one.
  public static let requestIDKey = "request-id"

  /// The longest status message, in UTF-8 bytes.
  public static let messageBytesMax = 8192
}

extension String {
  /// The longest prefix of whole Unicode scalars that fits. Not of whole characters: one may be as long as the text, and
  /// to find where it ends takes as long.
  fileprivate func cut(toBytes bytesMax: Int) -> String {
    guard utf8.count > bytesMax else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytesMax)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(unicodeScalars[..<end])
  }
}
