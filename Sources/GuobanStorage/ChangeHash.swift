internal import Crypto
public import GuobanMessages

/// The hash that ties a row of the change log to the row before it.
public enum ChangeHash {
  /// Bytes of a hash: SHA-256.
  public static let byteCount = 32

  /// What the first row has as the hash before it.
  public static let beforeFirst = [UInt8](repeating: 0, count: byteCount)

  /// SHA-256 over `previousHash` and then the change packed with `hash` empty, as `change.proto` defines it.
  public static func of(_ change: Ledger.Change) -> [UInt8] {
    var unsealed = change
    unsealed.hash = []
    var hash = SHA256()
    hash.update(data: change.previousHash)
    hash.update(data: unsealed.packed())
    // Safety: the bytes are copied before the closure ends. (An array of a digest is made byte by byte.)
    return hash.finalize().withUnsafeBytes { Array($0) }
  }
}
