internal import Crypto
internal import Foundation
internal import GuobanAccess
internal import GuobanLedger

/// The secrets of a ledger. The first start makes them; later starts find them.
struct DaemonSecrets: Sendable {
  static let tokenName = "token"
  static let holderKeyName = "holder.key"

  let token: AccessToken
  let holderSeal: HolderSeal
  /// Since when this ledger is kept: when its first secret was made.
  let keptSince: Int64?

  /// Reads, or makes, the secrets in `directory`.
  ///
  /// A missing `holder.key` beside a ledger is refused: a new one could not open what the old one has sealed.
  init(directory: String, hasLedger: Bool) throws {
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

    let keyFile = SecretFile(path: "\(directory)/\(Self.holderKeyName)")
    let key: [UInt8]
    if let bytes = try keyFile.read() {
      guard bytes.count == HolderSeal.keyBytes else {
        throw DaemonError(
          .secret, "\(keyFile.path) 应是 \(HolderSeal.keyBytes) 字节，现在有 \(bytes.count) 字节：请从备份放回",
          "\(keyFile.path) must have \(HolderSeal.keyBytes) bytes and has \(bytes.count): put it back from a backup")
      }
      key = bytes
    } else {
      guard !hasLedger else {
        throw DaemonError(
          .secret, "台账在而 \(keyFile.path) 不在：没有它就看不了持证人信息。请从备份放回；确实没有了，就新建：head -c 32 /dev/urandom > 该文件，并 chmod 600",
          "the ledger is here but \(keyFile.path) is not: holders' names cannot be read without it. Put it back from a backup; "
            + "if it is lost for good, make a new one: head -c 32 /dev/urandom > it, and chmod 600")
      }
      key = Self.random(HolderSeal.keyBytes)
      try keyFile.create(key)
    }
    holderSeal = try HolderSeal(key: key)
    keptSince = keyFile.modificationTime
  }

  private static func random(_ count: Int) -> [UInt8] {
    // Safety: the bytes are copied before the closure ends.
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
  }
}
