public import GuobanMessages

extension Status {
  /// The reply that ends a stream with this status.
  ///
  /// Both messages are cut at ``messageBytesMax``. Of details that would make the reply larger than a message may be,
  /// first the English is left out, then all, so that a status always fits into a frame.
  public func reply(messageBytesMax: Int) -> RPC.Reply {
    let room = messageBytesMax - Self.messageBytesMax
    return RPC.Reply(
      code: code.number, statusMessage: message.cut(toBytes: Self.messageBytesMax),
      details: packed(details, bytesMax: room) ?? packed(details.map(\.inOneLanguage), bytesMax: room)
        ?? packed([], bytesMax: room) ?? [],
      metadata: requestID.map { [RPC.Metadata(key: Self.requestIDKey, value: $0)] } ?? [])
  }

  /// These details and the message in English, unless they need more bytes.
  private func packed(_ details: [Google.AnyMessage], bytesMax: Int) -> [[UInt8]]? {
    var packed = details.map { $0.packed() }
    if var localized = Google.LocalizedMessage(english: englishMessage, beside: message) {
      localized.message = localized.message.cut(toBytes: Self.messageBytesMax)
      packed.append(Google.AnyMessage(localized).packed())
    }
    return packed.reduce(0, { $0 + $1.count }) <= bytesMax ? packed : nil
  }

  /// The status of a reply; nil when the reply is OK.
  public init?(_ reply: RPC.Reply, limits: DecodeLimits) {
    guard reply.code != 0 else { return nil }
    self.init(
      Code(number: reply.code), english: reply.statusMessage,
      details: reply.details.compactMap { try? Google.AnyMessage(packed: $0, limits: limits) })
    let localized = detail(Google.LocalizedMessage.self, limits: limits)
    englishMessage = localized.english(orElse: message)
    details.removeAll { $0.holds(Google.LocalizedMessage.self) }
    requestID = reply.metadata.last { $0.key == Self.requestIDKey }?.value
  }

  /// The key of metadata that names a call: a client's in Call, the daemon's in the Reply of a failed one.
  public static let requestIDKey = "request-id"

  /// The longest status message, in UTF-8 bytes.
  public static let messageBytesMax = 8192
}

extension Google.AnyMessage {
  /// Field violations without their English; any other detail as it is.
  fileprivate var inOneLanguage: Google.AnyMessage {
    guard holds(Google.BadRequest.self), var request = try? Google.BadRequest(packed: value, limits: .standard) else {
      return self
    }
    for index in request.fieldViolations.indices { request.fieldViolations[index].localizedMessage = nil }
    return Google.AnyMessage(request)
  }
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
