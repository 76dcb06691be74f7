public import GuobanMessages

/// The limits of a client.
public struct ClientConfiguration: Sendable {
  /// What a reply's message may cost to decode.
  public var decodeLimits = DecodeLimits.standard
  /// The longest frame taken until the server has told its limit: its Hello with the method table.
  public var helloBytesMax = 1 << 20
  /// Repeated elements in one frame.
  public var frameElementsMax = 4096
  /// The server is given so much more time than a call's timeout before the client stops waiting by itself: the server
  /// knows better why it is late.
  public var deadlineGrace = Duration.milliseconds(250)

  /// Whom to trust, and what to show, on a TLS endpoint.
  public var tls = ClientTLS()

  /// The defaults.
  public init() {}
}
