internal import Glibc

/// Which addresses count as one peer.
enum NetworkAddress {
  /// The part of an address that one peer has for itself: all of an IPv4 address, the first 64 bits of an IPv6 one. Two
  /// texts are the same exactly when the peers count together.
  static func group(_ address: String) -> String {
    // A zone ("%eth0") is not part of the address.
    let text = address.prefix { $0 != "%" }
    var bytes = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, String(text), &bytes) == 1 else { return address }
    if bytes.prefix(12) == mappedPrefix[...] { return bytes.suffix(4).map(String.init).joined(separator: ".") }
    return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
  }

  /// `::ffff:a.b.c.d` is an IPv4 address (RFC 4291, section 2.5.5.2).
  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
}
