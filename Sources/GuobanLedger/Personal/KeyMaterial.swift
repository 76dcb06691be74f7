internal import Crypto
public import GuobanMessages
internal import GuobanModel

/// A secret key as a key file holds it, with the name by which the ledger knows it.
public struct KeyMaterial: Sendable, Equatable {
  public static let byteCount = 32

  /// 16 hexadecimal digits, from the key's digest (or its public half's): another key has another name.
  public let id: String
  public let purpose: Ledger.KeyPurpose
  public let bytes: [UInt8]
  /// The public half of a key that signs; else empty.
  public let publicKey: [UInt8]

  /// - Parameter bytes: ``byteCount`` secret bytes.
  public init(_ purpose: Ledger.KeyPurpose, bytes: [UInt8]) throws(LedgerError) {
    guard bytes.count == Self.byteCount else {
      throw LedgerError(
        .precondition, reason: "BAD_KEY", "密钥应为 \(Self.byteCount) 字节，现在是 \(bytes.count) 字节",
        "a key has \(Self.byteCount) bytes, this one \(bytes.count)")
    }
    self.purpose = purpose
    self.bytes = bytes
    if purpose == .passSigning {
      guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
        throw LedgerError(.precondition, reason: "BAD_KEY", "这不是 Ed25519 私钥", "this is no Ed25519 private key")
      }
      publicKey = Array(key.publicKey.rawRepresentation)
      id = Self.id(ofPublicKey: publicKey)
    } else {
      publicKey = []
      id = Self.id("guoban personal data key", bytes)
    }
  }

  /// A new one.
  public static func random(_ purpose: Ledger.KeyPurpose) throws(LedgerError) -> KeyMaterial {
    // Safety: the bytes are copied before the closure ends.
    try KeyMaterial(purpose, bytes: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
  }

  /// The name of a key that verifies passes.
  public static func id(ofPublicKey publicKey: [UInt8]) -> String { id("guoban pass key", publicKey) }

  private static func id(_ domain: String, _ bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: Array(domain.utf8) + bytes).prefix(8))
  }
}
