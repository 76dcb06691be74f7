internal import NIOSSL

/// What an operator wants to know of a certificate.
public struct CertificateSummary: Sendable, Equatable {
  /// The serial number in hexadecimal, as `openssl x509 -serial` prints it.
  public var serial: String
  /// Its DNS names, URIs and mail addresses; its common name when it has none of these.
  public var names: [String]
  /// When it begins and ends, in seconds since 1970.
  public var notBefore: Int64
  public var notAfter: Int64

  /// Reads them from a certificate.
  init(_ certificate: NIOSSLCertificate) {
    let digits = certificate.serialNumber.map { byte in
      let text = String(byte, radix: 16, uppercase: true)
      return text.count == 1 ? "0" + text : text
    }
    serial = digits.joined()
    names = CertificateNames.of(certificate)
    notBefore = Int64(certificate.notValidBefore)
    notAfter = Int64(certificate.notValidAfter)
  }

  /// Whether it is valid at a time.
  public func isValid(at epochSeconds: Int64) -> Bool { notBefore <= epochSeconds && epochSeconds <= notAfter }
}
