internal import Crypto
internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// The key of one record's personal data: seals its contacts, and is kept wrapped beside the record.
///
/// Each write that changes personal data makes a new one, so what older versions in the change log hold can be opened by
/// nobody from then on.
struct DataKey {
  static let byteCount = 32
  private static let version: UInt8 = 1
  private static let idBytes = 8

  let bytes: [UInt8]
  // Safety: SymmetricKey is Sendable; it never leaves this struct.
  private let key: SymmetricKey

  /// A key that was never there before.
  init() {
    let key = SymmetricKey(size: .bits256)
    self.key = key
    // Safety: the bytes are copied before the closure ends.
    bytes = key.withUnsafeBytes { Array($0) }
  }

  init(_ bytes: [UInt8]) throws(LedgerError) {
    guard bytes.count == Self.byteCount else { throw Self.unreadable("") }
    self.bytes = bytes
    key = SymmetricKey(data: bytes)
  }

  /// The contact as the ledger keeps it: masked, the values sealed (AES-256-GCM) for this field of this record alone.
  ///
  /// Sealed: version, the key's id, nonce, ciphertext, tag.
  func seal(_ plain: Ledger.Contact, as place: ContactPlace) throws -> Ledger.Contact {
    let values = Ledger.Contact(name: plain.name, phone: plain.phone, idNumber: plain.idNumber).packed()
    let box = try AES.GCM.seal(values, using: key, authenticating: place.authenticated)
    var kept = plain.masked
    kept.sealed = [Self.version] + id + (box.combined.map(Array.init) ?? [])
    return kept
  }

  /// The plain values again.
  func open(_ kept: Ledger.Contact, from place: ContactPlace) throws -> Ledger.Contact {
    let sealed = kept.sealed
    guard sealed.first == Self.version, sealed.dropFirst().prefix(Self.idBytes).elementsEqual(id) else {
      throw Self.unreadable(place.key)
    }
    do {
      let box = try AES.GCM.SealedBox(combined: sealed.dropFirst(1 + Self.idBytes))
      let plain = try AES.GCM.open(box, using: key, authenticating: place.authenticated)
      return try Ledger.Contact(packed: Array(plain), limits: .standard)
    } catch { throw Self.unreadable(place.key) }
  }

  /// Tells a key from its predecessors; says nothing about its bytes.
  private var id: [UInt8] {
    Array(SHA256.hash(data: Array("guoban data key".utf8) + bytes).prefix(Self.idBytes))
  }

  static func unreadable(_ key: String) -> LedgerError {
    LedgerError(
      .precondition, reason: "PERSONAL_DATA_UNREADABLE", "“\(key)”的个人信息解不开：封存它的密钥不在，或内容被改动过；请管理员核对密钥文件和备份",
      "the personal data of “\(key)” cannot be opened: the key that sealed them is missing, or they were altered; an administrator should check the key files and backups"
    )
  }
}

/// Which field of which record a contact stands in. What is sealed for one place opens in no other.
struct ContactPlace {
  var type: String
  var key: String
  var field: String

  fileprivate var authenticated: [UInt8] {
    [type, key, field].flatMap { BigEndian.bytes(UInt32(truncatingIfNeeded: $0.utf8.count)) + Array($0.utf8) }
  }
}
