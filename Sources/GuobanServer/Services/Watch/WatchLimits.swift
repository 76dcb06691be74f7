/// Every limit of watching, and how much memory it may take.
public struct WatchLimits: Sendable, Equatable {
  /// Watches at once on the whole daemon. Each is a running call: less than `callsMax`, so that room is left for others.
  public var watchersMax = 2048
  /// Watches at once on one connection.
  public var connectionWatchersMax = 64
  /// Types, regions and keys that one watch may name, each.
  public var filterEntriesMax = 1000
  /// Bytes of recent commits in memory, from which watches are served that keep up.
  public var ringBytesMax = 16 << 20
  /// Bytes of events in one message; only a commit that is larger goes in several.
  public var batchBytesMax = 64 << 10
  /// Bytes of a record that an event can carry; a longer one is told without its content.
  public var recordBytesMax = (4 << 20) - envelopeBytesMax
  /// Changes that are read from the change log at once, for a watch that is behind.
  public var logReadChangesMax = 500
  /// Bytes of changes that are read from the change log at once.
  public var logReadBytesMax = 128 << 10
  /// Watches that an event loop serves before it looks at its sockets again.
  public var turnWatchersMax = 64
  /// Threads that read the change log for watches that are behind.
  public var logReadThreads = 2
  /// How long a watch may take nothing while there is something to tell, before it is ended.
  public var stallTimeout = Duration.seconds(20)
  /// The shortest time between two progress marks that a watch may ask for.
  public var progressIntervalMin = Duration.seconds(1)
  /// The time between two progress marks when the watch does not say.
  public var progressIntervalDefault = Duration.seconds(10)
  /// The longest time between two progress marks.
  public var progressIntervalMax = Duration.seconds(600)

  /// Room in a message for what is not a record: keys, names, regions, numbers.
  public static let envelopeBytesMax = 16 << 10

  /// The defaults.
  public init() {}
}
