public import GuobanMessages

/// The limits of a client.
public struct ClientConfiguration: Sendable {
  /// What a reply's message may cost to decode.
  public var decodeLimits = DecodeLimits.standard
  /// The longest frame taken until the server has told its limit: its Hello with the method table.
  public var helloBytesMax = 1 << 20
  /// The longest frame taken after that, whatever limit the server tells.
  public var frameBytesMax = 64 << 20
  /// Repeated elements in one frame.
  public var frameElementsMax = 4096

  /// Connections at once. Another one is opened when every stream of those there are is in use.
  public var connectionsMax = 4
  /// Calls that may wait for a connection or a stream; one more ends with RESOURCE_EXHAUSTED at once.
  public var callsWaitingMax = 1024
  /// How long connecting and saying Hello may take.
  public var connectTimeout = Duration.seconds(5)
  /// Waits after a connection could not be made.
  public var connectBackoff = Backoff(first: .milliseconds(100), longest: .seconds(10))

  /// A call without a timeout is given up after this long; the server's own default, when shorter, ends it before.
  public var timeoutDefault = Duration.seconds(60)
  /// The server is given so much more time than a call's timeout before the client stops waiting by itself: the server
  /// knows better why it is late.
  public var deadlineGrace = Duration.milliseconds(250)

  /// After so long a silence, while calls run, the server is asked for a sign of life…
  public var keepaliveInterval = Duration.seconds(30)
  /// …and has so long to answer before the connection counts as lost.
  public var keepaliveTimeout = Duration.seconds(10)

  /// How often one call is tried, the first time included.
  public var attemptsMax = 5
  /// Waits between the attempts of one call.
  public var retryBackoff = Backoff(first: .milliseconds(50), longest: .seconds(2))
  /// Retries that all calls together may have in hand: each costs one…
  public var retryTokensMax = 20.0
  /// …and each success gives back so much, so that an overloaded daemon is not buried under retries.
  public var retryTokensPerSuccess = 0.1

  /// Whom to trust, and what to show, on a TLS endpoint.
  public var tls = ClientTLS()
  /// Compresses long frames both ways with zstd: less to carry over a slow line, more work at both ends.
  public var compresses = false

  /// The longest commit that a watch puts together, in changes.
  public var watchCommitChangesMax = 100_000

  /// The defaults.
  public init() {}
}
