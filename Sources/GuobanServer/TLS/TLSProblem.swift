/// What is wrong with a file of a TLS socket, for the operator who must put it right.
public struct TLSProblem: Error, CustomStringConvertible, Equatable {
  /// Kinds of problem. New ones may come.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Wrapped: String, Sendable {
      case unreadable, notPEM, encryptedKey, mismatch, expired, expiresSoon, keyOpenToOthers
    }
    private let wrapped: Wrapped

    /// A file is not there, not readable, or too large.
    public static let unreadable = Code(wrapped: .unreadable)
    /// A file holds no certificate or no key in PEM.
    public static let notPEM = Code(wrapped: .notPEM)
    /// A key wants a passphrase, which a daemon has nobody to ask for.
    public static let encryptedKey = Code(wrapped: .encryptedKey)
    /// The key is not that of the certificate, or the two cannot be used.
    public static let mismatch = Code(wrapped: .mismatch)
    /// The certificate is not valid now.
    public static let expired = Code(wrapped: .expired)
    /// The certificate ends within days.
    public static let expiresSoon = Code(wrapped: .expiresSoon)
    /// Others than the owner and its group can read the key, or the group can write it.
    public static let keyOpenToOthers = Code(wrapped: .keyOpenToOthers)

    public var description: String { wrapped.rawValue }
  }

  public var code: Code
  /// In Chinese.
  public var message: String
  public var englishMessage: String

  init(_ code: Code, _ message: String, _ englishMessage: String) {
    self.code = code
    self.message = message
    self.englishMessage = englishMessage
  }

  public var description: String { englishMessage }
}
