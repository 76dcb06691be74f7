internal import Crypto

/// The hash over which records there were at a revision, and in which version each: what a compaction leaves behind.
public struct LedgerState: Sendable, Equatable {
  /// Of ``Ledger/Compaction``.
  public var sha256: [UInt8]
  public var count: UInt64

  /// Computes it from what the change log, and what was folded of it, says of `revision`.
  public init(
    at revision: UInt64, types: [String], in reader: any LedgerReader, checkCancellation: () throws -> Void
  ) throws {
    var hash = LedgerStateHash()
    for type in types.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      var after: String? = ""
      while let key = after {
        try checkCancellation()
        let part = try reader.versions(of: type, at: revision, afterKey: key, limit: Self.partRecords)
        for version in part.elements { hash.add(type, version) }
        after = part.next
      }
    }
    self = hash.finish()
  }

  fileprivate init(sha256: [UInt8], count: UInt64) {
    self.sha256 = sha256
    self.count = count
  }

  private static let partRecords = 1000
}

/// Takes versions in the order of types and keys.
public struct LedgerStateHash {
  private var hash = SHA256()
  private var count: UInt64 = 0

  /// No records yet.
  public init() {}

  /// The next one.
  public mutating func add(_ type: String, _ version: RecordVersion) {
    for field in [Array(type.utf8), Array(version.key.utf8), Self.bytes(version.revision), version.sha256] {
      hash.update(data: Self.bytes(UInt64(field.count)))
      hash.update(data: field)
    }
    count += 1
  }

  /// The hash over all of them.
  public func finish() -> LedgerState {
    LedgerState(sha256: Array(hash.finalize()), count: count)
  }

  private static func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }
}

extension FoldedRequest {
  /// What a request is known by after its row is gone.
  public static func digest(actor: String, requestID: String) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(actor.utf8) + [0])
    hash.update(data: Array(requestID.utf8))
    return Array(hash.finalize())
  }
}

extension RecordVersion {
  /// SHA-256 of a record's bytes.
  public static func digest(of bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
