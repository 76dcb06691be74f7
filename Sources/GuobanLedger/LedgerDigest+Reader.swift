internal import Crypto
public import GuobanMessages
internal import GuobanModel
public import GuobanStorage

extension LedgerReader {
  /// Counts and hashes of everything in this view: equal for two ledgers that hold the same.
  public func digest(of schemas: [RecordSchema], checkCancellation: () throws -> Void) throws -> Ledger.LedgerDigest {
    let types = try schemas.map(\.name).sorted().map { name in
      var hash = SHA256()
      var count: UInt64 = 0
      var after: String?
      while true {
        try checkCancellation()
        let page = try list(ListQuery(type: name, filter: nil, afterKey: after, limit: 1000))
        guard let last = page.last else { break }
        for record in page {
          hash.updateLengthPrefixed(Array(record.key.utf8))
          hash.updateLengthPrefixed(record.bytes)
        }
        count += UInt64(page.count)
        after = last.key
      }
      return Ledger.TypeDigest(recordType: name, count: count, sha256: Array(hash.finalize()))
    }
    return Ledger.LedgerDigest(revision: try revision, headHash: try headHash, types: types)
  }
}

extension SHA256 {
  /// Length as u64 big-endian, then the bytes: no two sequences hash alike by moving a boundary.
  mutating func updateLengthPrefixed(_ bytes: [UInt8]) {
    update(data: BigEndian.bytes(UInt64(bytes.count)))
    update(data: bytes)
  }
}
