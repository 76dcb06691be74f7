internal import GuobanMessages

/// What a snapshot may cost to write and to read.
public struct ArchiveLimits: Sendable, Hashable {
  /// A frame is closed when its raw bytes reach this; entries are never split.
  public var frameRawBytesTarget = 1 << 20
  /// Bytes of one packed entry: the largest record that the RPC admits, and its key.
  public var entryBytesMax = 65 << 20
  /// Bytes of the packed index: about 48 for each frame.
  public var indexBytesMax = 64 << 20
  /// Frames of one snapshot.
  public var framesMax = 1 << 20
  /// Bytes of a manifest file.
  public var manifestBytesMax = 64 << 10
  /// Manifests of one directory, those of pruned snapshots included.
  public var manifestsMax = 1 << 20
  /// Keys that a verification compares with their last change; each costs about 100 bytes of memory.
  public var keysMax = 50_000_000
  /// Records or changes read from storage at once.
  public var pageRecords = 256
  /// Frames that are compressed at the same time.
  public var packingWorkers = 2

  /// The limits that the daemon uses.
  public init() {}

  /// Raw bytes of a frame that may still be read.
  public var frameRawBytesMax: Int { frameRawBytesTarget + entryBytesMax + 4 }

  /// For an entry, which holds a record or a change.
  var entryDecodeLimits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: entryBytesMax, depthMax: 4, elementsMax: 10_000, unknownFieldsMax: 0,
      memoryBytesMax: 2 * entryBytesMax + (1 << 20))
  }

  /// For a manifest.
  var manifestDecodeLimits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: manifestBytesMax, depthMax: 3, elementsMax: 10_000, unknownFieldsMax: 0, memoryBytesMax: 4 << 20)
  }

  /// For an index.
  var indexDecodeLimits: DecodeLimits {
    DecodeLimits(
      messageBytesMax: indexBytesMax, depthMax: 3, elementsMax: framesMax, unknownFieldsMax: 0,
      memoryBytesMax: 4 * indexBytesMax)
  }
}
