internal import Crypto
internal import GuobanModel

/// The secret that a caller shows instead of a name and password: `gbt_<id>_<secret><checksum>`.
///
/// All three parts are lower-case hexadecimal: 16 digits of public id, 64 of secret, 8 of checksum (CRC-32 of what stands
/// before it). So a mistyped token is told apart from a wrong one without asking anybody, and whoever scans for leaked
/// secrets finds it with `gbt_[0-9a-f]{16}_[0-9a-f]{72}` and a sum.
public struct AccessToken: Sendable {
  /// What is written into the token file, shown once to whoever asked for a grant, and sent in Hello.
  public let text: String

  /// A token from random bytes, which the caller takes from the system's generator. Fewer than ``bytesMin`` is our bug.
  ///
  /// The id is the beginning of the secret's SHA-256: it tells nothing about 256 random bits.
  public init(randomBytes: [UInt8]) {
    precondition(randomBytes.count >= Self.bytesMin, "a token needs at least \(Self.bytesMin) random bytes")
    let secret = randomBytes.prefix(Self.bytesMin)
    let id = SHA256.hash(data: Array(secret)).prefix(Self.idBytes)
    let body = "\(Self.prefix)\(hexadecimal(id))_\(hexadecimal(secret))"
    text = body + Self.checksum(of: body.utf8)
  }

  /// A token that was written down; white space around it does not count. Nil when it is too short to be one. Any long
  /// text will do: the token file may hold one that an operator made up.
  public init?(text: String) {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.utf8.count >= Self.bytesMin else { return nil }
    self.text = String(text)
  }

  /// What a text that a caller sends looks like.
  public enum Shape: Sendable, Equatable {
    /// A token with this id, whoever made it.
    case token(id: String)
    /// It begins like one, and its length or checksum is wrong: a typo, or half of a copy.
    case mistyped
    /// Something else.
    case other
  }

  /// Looks at a text without asking whether anybody knows it.
  public static func shape(of text: String) -> Shape {
    let bytes = Array(text.utf8.prefix(Self.textBytes + 1))
    guard bytes.starts(with: prefix.utf8) else { return .other }
    let idEnd = prefix.utf8.count + 2 * idBytes
    guard bytes.count == textBytes, bytes[idEnd] == UInt8(ascii: "_") else { return .mistyped }
    let body = bytes.dropLast(checksumDigits)
    guard Array(checksum(of: body).utf8) == Array(bytes.suffix(checksumDigits)) else { return .mistyped }
    return .token(id: String(decoding: bytes[prefix.utf8.count..<idEnd], as: UTF8.self))
  }

  /// The id, of a token that has the shape of one.
  public var id: String? {
    if case .token(let id) = Self.shape(of: text) { id } else { nil }
  }

  /// SHA-256 of the whole text: what is kept of it.
  public var hash: [UInt8] { Self.hash(of: text) }

  /// SHA-256 of a text that a caller sends.
  static func hash(of text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  /// Whether `other` is this token, in a time that tells nothing about where they differ.
  public func matches(_ other: String) -> Bool {
    // How long a token is, is no secret.
    text.utf8.count == other.utf8.count && sameBytes(Array(text.utf8), Array(other.utf8))
  }

  /// Random bytes in a token at least: 256 bits.
  public static let bytesMin = 32

  private static let prefix = "gbt_"
  private static let idBytes = 8
  private static let checksumDigits = 8
  /// Of a whole token.
  static let textBytes = 4 + 2 * idBytes + 1 + 2 * bytesMin + checksumDigits

  private static func checksum(of bytes: some Sequence<UInt8>) -> String {
    let sum = crc32(bytes)
    return hexadecimal((0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) })
  }
}

extension AccessToken: CustomStringConvertible {
  /// Never the secret itself, so that it cannot end up in a log.
  public var description: String { "AccessToken(…)" }
}

/// Compares secrets in a time that tells nothing about where they differ.
func sameBytes(_ mine: [UInt8], _ theirs: [UInt8]) -> Bool {
  var difference: UInt8 = mine.count == theirs.count ? 0 : 1
  for index in mine.indices {
    difference |= mine[index] ^ (index < theirs.count ? theirs[index] : 0)
  }
  return difference == 0
}

/// CRC-32 as in zip and zlib (reflected 0x04C11DB7), bit by bit: tokens are short and seldom read.
private func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var sum: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}
