internal import GuobanModel

/// The secret that a caller shows instead of a name and password.
public struct AccessToken: Sendable {
  /// What is written into the token file and sent in Hello.
  public let text: String

  /// A token from random bytes, which the caller takes from the system's generator. Fewer than ``bytesMin`` is our bug.
  public init(randomBytes: [UInt8]) {
    precondition(randomBytes.count >= Self.bytesMin, "a token needs at least \(Self.bytesMin) random bytes")
    text = Self.prefix + hexadecimal(randomBytes)
  }

  /// A token that was written down; white space around it does not count. Nil when it is too short to be one.
  public init?(text: String) {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.utf8.count >= Self.bytesMin else { return nil }
    self.text = String(text)
  }

  /// Whether `other` is this token, in a time that tells nothing about where they differ.
  public func matches(_ other: String) -> Bool {
    let mine = Array(text.utf8)
    let theirs = Array(other.utf8)
    var difference: UInt8 = mine.count == theirs.count ? 0 : 1
    for index in mine.indices {
      difference |= mine[index] ^ (index < theirs.count ? theirs[index] : 0)
    }
    return difference == 0
  }

  /// Random bytes in a token at least: 256 bits.
  public static let bytesMin = 32

  private static let prefix = "gbt_"
}

extension AccessToken: CustomStringConvertible {
  /// Never the secret itself, so that it cannot end up in a log.
  public var description: String { "AccessToken(…)" }
}
