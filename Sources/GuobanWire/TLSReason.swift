/// What a TLS library's error says in one word, for logs and messages: its own text has addresses and source lines in it.
public enum TLSReason {
  /// `CERTIFICATE_VERIFY_FAILED`, `EOF during handshake`; the error's whole text when there is no such word in it.
  public static func of(_ error: any Error) -> String {
    let text = "\(error)"
    if let match = text.firstMatch(of: /OPENSSL_internal:([A-Za-z0-9_]+)/) { return String(match.output.1) }
    if let match = text.firstMatch(of: /\[Error: *([^\]]+)\]/) { return String(match.output.1) }
    return text
  }
}
