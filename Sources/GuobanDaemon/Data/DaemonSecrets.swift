internal import Crypto
internal import Foundation
internal import GuobanAccess

/// The secrets of a ledger that lie beside it. The first start makes them; later starts find them. Its keys do not: see
/// ``KeyKeeper``.
struct DaemonSecrets: Sendable {
  static let tokenName = "token"

  let token: AccessToken
  /// Since when this ledger is kept: when its token was made.
  let keptSince: Int64?

  /// Reads, or makes, the secrets in `directory`.
  init(directory: String) throws {
    let tokenFile = SecretFile(path: "\(directory)/\(Self.tokenName)")
    if let bytes = try tokenFile.read() {
      guard let token = AccessToken(text: String(decoding: bytes, as: UTF8.self)) else {
        throw DaemonError(
          .secret, "\(tokenFile.path) 里不是令牌：删掉它，下次启动会重新生成", "\(tokenFile.path) holds no token: remove it for a new one")
      }
      self.token = token
    } else {
      token = AccessToken(randomBytes: Self.random(AccessToken.bytesMin))
      try tokenFile.create(Array((token.text + "\n").utf8))
    }

    keptSince = tokenFile.modificationTime
  }

  private static func random(_ count: Int) -> [UInt8] {
    // Safety: the bytes are copied before the closure ends.
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
  }
}
