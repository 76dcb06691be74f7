internal import NIOSSL

/// The names that a certificate gives its holder: DNS names, URIs and mail addresses; the common name when there are none.
///
/// Names are compared by programs and shown to people, so one that is too long or holds anything but printable text is
/// left out.
enum CertificateNames {
  /// More names than this are not looked at.
  static let countMax = 32
  /// Longer names are left out.
  static let nameBytesMax = 256

  /// The names, in the certificate's order. The certificate must have been verified by whoever trusts them.
  static func of(_ certificate: NIOSSLCertificate) -> [String] {
    let alternatives = certificate._subjectAlternativeNames().prefix(countMax).filter {
      [.dnsName, .uri, .email].contains($0.nameType)
    }
    guard alternatives.isEmpty else {
      return alternatives.compactMap { text(Array($0.contents.prefix(nameBytesMax + 1))) }
    }
    // The last is the most specific.
    let common = certificate.subjectName.last { $0.type == .commonName }
    return [common.flatMap { text(Array($0.value.utf8)) }].compactMap(\.self)
  }

  private static func text(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, bytes.count <= nameBytesMax, let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    let isPrintable = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
      default: true
      }
    }
    return isPrintable ? text : nil
  }
}
