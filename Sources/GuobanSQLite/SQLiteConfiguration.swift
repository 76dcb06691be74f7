/// The limits of a ``SQLiteStore``, and how large its buffers are.
public struct SQLiteConfiguration: Sendable, Hashable {
  /// Write requests that may wait; one more is refused as overloaded.
  public var queueRequestsMax = 8192
  /// Write requests in one commit group.
  public var groupRequestsMax = 512
  /// Bytes of records after which a commit group takes no further request.
  public var groupBytesMax = 8 << 20
  /// Changes that one request may make.
  public var requestChangesMax = 100_000
  /// Bytes of one record.
  public var recordBytesMax = 4 << 20
  /// Bytes of a key, a record's or a request's, and of an actor's name.
  public var keyBytesMax = 512
  /// Bytes of the note of a change.
  public var noteBytesMax = 1024
  /// Reads that run at once; further ones wait.
  public var readersMax = 8
  /// Bytes of records in memory.
  public var cacheBytesMax = 64 << 20
  /// Bytes of database pages in memory, per connection.
  public var pageCacheBytesMax = 16 << 20
  /// Pages of the write-ahead log after which they are moved into the database.
  public var checkpointPages = 4096
  /// Entries of a buffered index that stay in memory before they are merged into it, some 150 bytes each; while they are
  /// merged as many again may come.
  public var bufferedEntriesMax = 32_768
  /// How long to wait for another program that has the database locked.
  public var busyTimeoutSeconds = 5.0
  /// Rows at the end of the change log whose hashes are checked at start-up.
  public var startupChainRows = 1000
  /// Whether the whole database is read to see that its structure is sound.
  public var quickCheckAtStartup = true
  /// Bytes of a database that opening itself reads through; a larger one opens at once, and
  /// ``SQLiteStore/checkStructure()`` reads it while it serves.
  public var quickCheckBytesMax = 64 << 20

  /// The defaults, which suit one daemon on one machine.
  public init() {}
}
