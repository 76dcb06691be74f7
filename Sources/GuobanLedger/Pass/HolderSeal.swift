internal import Crypto
internal import Foundation
public import GuobanMessages
internal import GuobanModel

/// Encrypts a pass holder's name and phone at rest (AES-256-GCM, bound to the pass number).
///
/// Only the sealed form and a masked one are stored, so lists, reports, logs, the change log and snapshots never hold
/// the plain one, and destroying the key erases it everywhere.
public struct HolderSeal: Sendable {
  /// Bytes of the key.
  public static let keyBytes = 32

  // Safety: SymmetricKey is Sendable; the key never leaves this struct.
  private let key: SymmetricKey

  /// - Parameter key: ``keyBytes`` secret bytes.
  public init(key: [UInt8]) throws(LedgerError) {
    guard key.count == Self.keyBytes else {
      throw LedgerError(.precondition, reason: "BAD_HOLDER_KEY", "持证人信息密钥应为 \(Self.keyBytes) 字节，现在是 \(key.count) 字节")
    }
    self.key = SymmetricKey(data: key)
  }

  /// Puts the holder into the pass, sealed and masked.
  func seal(_ holder: Ledger.PassHolder?, into pass: inout Ledger.Pass) throws {
    guard let holder, !(holder.name.isEmpty && holder.phone.isEmpty) else { return }
    let box = try AES.GCM.seal(holder.packed(), using: key, authenticating: Array(pass.number.utf8))
    pass.holderSealed = box.combined.map(Array.init) ?? []
    pass.holderName = maskedName(holder.name)
    pass.holderPhone = maskedPhone(holder.phone)
  }

  /// The holder of a pass, in plain: for a role that may, and audited by the caller.
  public func open(_ pass: Ledger.Pass) throws -> Ledger.PassHolder? {
    guard !pass.holderSealed.isEmpty else { return nil }
    let box = try AES.GCM.SealedBox(combined: pass.holderSealed)
    let plain = try AES.GCM.open(box, using: key, authenticating: Array(pass.number.utf8))
    return try Ledger.PassHolder(packed: Array(plain), limits: .standard)
  }
}
