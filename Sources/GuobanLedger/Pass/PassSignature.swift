internal import Crypto
internal import Foundation
internal import GuobanMessages
public import GuobanModel

/// The text in the QR code of a pass: a payload and its Ed25519 signature, in Base45 after a prefix.
///
///     GBP1:… = "GBP1:" + Base45(key id, 4 bytes | payload | signature, 64 bytes)
///
/// What is signed begins with ``domain``, so that no signature made for something else passes for one of these.
public enum PassSignature {
  public static let prefix = "GBP1:"
  static let domain = Array("guoban pass payload 1\0".utf8)
  static let keyIDBytes = 4
  static let signatureBytes = 64
  /// Characters of a text that is looked at.
  public static let charactersMax = 600

  /// Why a text is not a pass. Nothing of it may be trusted, or shown as what a pass says.
  public enum Problem: Error, Sendable, Equatable {
    /// It is not such a text at all.
    case notAPass
    /// It names a key that is not among those given.
    case unknownKey(String)
    /// Altered, or signed by somebody else.
    case badSignature
    /// Signed, but this program does not know its form.
    case unreadable(RuleViolation)

    /// For the person at the checkpoint.
    public var message: String {
      switch self {
      case .notAPass: "这不是通行证二维码的内容"
      case .unknownKey(let id): "签名用的密钥 \(id)… 不在公钥文件里：请更新公钥文件，或这是假证"
      case .badSignature: "签名不对：内容被改动过，或不是发证机关签的"
      case .unreadable(let violation): violation.message
      }
    }

    /// The same in English.
    public var englishMessage: String {
      switch self {
      case .notAPass: "this is not the text of a pass's QR code"
      case .unknownKey(let id):
        "the key \(id)… that signed it is not in the file of public keys: update it, or this is forged"
      case .badSignature: "the signature does not hold: altered, or not signed by the issuer"
      case .unreadable(let violation): violation.englishMessage
      }
    }
  }

  /// Signs a payload.
  public static func text(_ payload: PassPayload, key: KeyMaterial) throws -> String {
    let bytes = try payload.bytes()
    let id = keyID(key.publicKey)
    let signer = try Curve25519.Signing.PrivateKey(rawRepresentation: key.bytes)
    let signature = try signer.signature(for: domain + id + bytes)
    return prefix + Base45.text(id + bytes + Array(signature))
  }

  /// The payload of a text, when one of these keys (32 bytes each) signed it.
  public static func payload(_ text: String, publicKeys: [[UInt8]]) throws(Problem) -> PassPayload {
    guard text.utf8.count <= charactersMax, text.hasPrefix(prefix),
      let packed = Base45.bytes(text.dropFirst(prefix.count)), packed.count > keyIDBytes + signatureBytes
    else { throw .notAPass }
    let id = Array(packed.prefix(keyIDBytes))
    let bytes = Array(packed.dropFirst(keyIDBytes).dropLast(signatureBytes))
    let signature = Array(packed.suffix(signatureBytes))
    let candidates = publicKeys.filter { keyID($0) == id }
    guard !candidates.isEmpty else { throw .unknownKey(hexadecimal(id)) }
    let holds = candidates.contains { key in
      (try? Curve25519.Signing.PublicKey(rawRepresentation: key))?
        .isValidSignature(signature, for: domain + id + bytes) ?? false
    }
    guard holds else { throw .badSignature }
    do throws(RuleViolation) { return try PassPayload(bytes: bytes) } catch { throw .unreadable(error) }
  }

  /// The first bytes of the key's id.
  private static func keyID(_ publicKey: [UInt8]) -> [UInt8] {
    Array((hexadecimalBytes(KeyMaterial.id(ofPublicKey: publicKey)) ?? []).prefix(keyIDBytes))
  }
}
