internal import Crypto
internal import Foundation
internal import GuobanMessages
internal import GuobanModel
public import GuobanStorage
internal import Synchronization

/// The keys of personal data, several at once: the current one wraps, all of them unwrap.
///
/// Wrapped (AES-256-GCM, bound to the record): version, the key's id, nonce, ciphertext, tag.
public final class PersonalKeyRing: DataKeyWrap {
  private struct State {
    var currentID: [UInt8]
    var keys: [[UInt8]: SymmetricKey]
  }

  private static let version: UInt8 = 1
  private static let idBytes = 8
  private let state: Mutex<State>

  /// - Parameter keys: at least one; the first is the current one.
  public init(_ keys: [KeyMaterial]) throws(LedgerError) {
    state = Mutex(try Self.state(keys))
  }

  /// Takes other keys, the first being the current one from now on.
  public func replace(_ keys: [KeyMaterial]) throws(LedgerError) {
    let new = try Self.state(keys)
    state.withLock { $0 = new }
  }

  public func wrap(_ dataKey: [UInt8], type: String, key: String) throws -> [UInt8] {
    let (id, current) = state.withLock { ($0.currentID, $0.keys[$0.currentID]) }
    guard let current else { throw DataKey.unreadable(key) }
    let box = try AES.GCM.seal(dataKey, using: current, authenticating: Self.authenticated(type, key))
    return [Self.version] + id + (box.combined.map(Array.init) ?? [])
  }

  public func unwrap(_ wrapped: [UInt8], type: String, key: String) throws -> [UInt8] {
    guard wrapped.first == Self.version, let secret = state.withLock({ $0.keys[Self.id(of: wrapped)] }) else {
      throw DataKey.unreadable(key)
    }
    do {
      let box = try AES.GCM.SealedBox(combined: wrapped.dropFirst(1 + Self.idBytes))
      return Array(try AES.GCM.open(box, using: secret, authenticating: Self.authenticated(type, key)))
    } catch { throw DataKey.unreadable(key) }
  }

  /// Whether the current key wrapped this.
  public func isCurrent(_ wrapped: [UInt8]) -> Bool {
    state.withLock { $0.currentID == Self.id(of: wrapped) }
  }

  private static func id(of wrapped: [UInt8]) -> [UInt8] { Array(wrapped.dropFirst().prefix(idBytes)) }

  private static func authenticated(_ type: String, _ key: String) -> [UInt8] {
    Array("data key\0\(type)\0\(key)".utf8)
  }

  private static func state(_ keys: [KeyMaterial]) throws(LedgerError) -> State {
    let keyed = keys.filter { $0.purpose == .personalData }.map {
      (hexadecimalBytes($0.id) ?? [], SymmetricKey(data: $0.bytes))
    }
    guard let first = keyed.first else {
      throw LedgerError(.precondition, reason: "NO_KEY", "没有个人信息密钥", "there is no key for personal data")
    }
    return State(currentID: first.0, keys: Dictionary(keyed) { first, _ in first })
  }
}
