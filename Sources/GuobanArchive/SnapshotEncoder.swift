internal import Crypto
internal import GuobanMessages
internal import GuobanModel

/// Turns entries into the packed file: frames, then the index. Keeps a few frames in memory, whatever the ledger's size.
struct SnapshotEncoder {
  /// What the manifest says of the file.
  struct Totals {
    var rawBytes: UInt64 = 0
    var packedBytes: UInt64 = 0
    var rawSHA256: [UInt8] = []
    var packedSHA256: [UInt8] = []
  }

  private let limits: ArchiveLimits
  private var packer: FramePacker
  private var buffer: [UInt8] = []
  private var place = Archive.FrameEntry()
  private var isPlaced = false
  /// Frames handed to the packer, in order; their packed sizes are known when they come back.
  private var frames: [Archive.FrameEntry] = []
  private var framesWritten = 0
  private var totals = Totals()
  private var rawHash = SHA256()
  private var packedHash = SHA256()

  init(level: Int, limits: ArchiveLimits) {
    self.limits = limits
    packer = FramePacker(level: level, workers: limits.packingWorkers)
  }

  /// Adds one entry; writes whatever frames are ready to `file`.
  mutating func append(_ entry: Archive.Entry, to file: borrowing DiskFile) throws(ArchiveError) {
    let packed = entry.packed()
    guard packed.count <= limits.entryBytesMax else {
      throw ArchiveError(
        .tooLarge, "有一条记录打包后 \(packed.count) 字节，超过快照的上限 \(limits.entryBytesMax)",
        "an entry has \(packed.count) bytes, the limit is \(limits.entryBytesMax)")
    }
    if !isPlaced { note(entry) }
    buffer += BigEndian.bytes(UInt32(packed.count))
    buffer += packed
    if buffer.count >= limits.frameRawBytesTarget { try closeFrame(file) }
  }

  /// Writes what is left, and the index.
  mutating func finish(_ file: borrowing DiskFile) throws(ArchiveError) -> Totals {
    if !buffer.isEmpty { try closeFrame(file) }
    while let packed = try packer.next() { try write(packed, file) }
    totals.rawSHA256 = Array(rawHash.finalize())
    let index = SnapshotIndex.pack(Archive.Index(frames: frames))
    guard index.count <= limits.indexBytesMax else {
      throw ArchiveError(
        .tooLarge, "快照索引 \(index.count) 字节，超过上限 \(limits.indexBytesMax)",
        "the index has \(index.count) bytes, the limit is \(limits.indexBytesMax)")
    }
    try put(index, file)
    totals.packedSHA256 = Array(packedHash.finalize())
    return totals
  }

  private mutating func closeFrame(_ file: borrowing DiskFile) throws(ArchiveError) {
    guard frames.count < limits.framesMax else {
      throw ArchiveError(.tooLarge, "快照多于 \(limits.framesMax) 帧", "more than \(limits.framesMax) frames")
    }
    rawHash.update(data: buffer)
    totals.rawBytes += UInt64(buffer.count)
    place.rawBytes = UInt64(buffer.count)
    frames.append(place)
    if let packed = try packer.submit(buffer) { try write(packed, file) }
    buffer = []
    place = Archive.FrameEntry()
    isPlaced = false
  }

  private mutating func write(_ packed: [UInt8], _ file: borrowing DiskFile) throws(ArchiveError) {
    frames[framesWritten].packedOffset = totals.packedBytes
    frames[framesWritten].packedBytes = UInt64(packed.count)
    framesWritten += 1
    try put(packed, file)
  }

  private mutating func put(_ bytes: [UInt8], _ file: borrowing DiskFile) throws(ArchiveError) {
    packedHash.update(data: bytes)
    totals.packedBytes += UInt64(bytes.count)
    try file.write(bytes)
  }

  /// Where this frame begins, for whoever looks for one record without unpacking everything.
  private mutating func note(_ entry: Archive.Entry) {
    switch entry.body {
    case .record(let record):
      place.firstRecordType = record.recordType
      place.firstKey = record.key
      isPlaced = true
    case .change(let change):
      place.firstRecordType = change.recordType
      place.firstKey = change.key
      place.firstRevision = change.revision
      isPlaced = true
    case .header, .trailer, .folded, .foldedRequest, nil: break
    }
  }
}
