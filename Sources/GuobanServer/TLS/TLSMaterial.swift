internal import Glibc
internal import NIOCore
internal import NIOSSL

/// The files of a TLS socket, read, checked against each other, and made ready for connections.
struct TLSMaterial: Sendable {
  let settings: TLSSettings
  let context: NIOSSLContext
  let certificate: CertificateSummary
  /// What is not right, but no reason to refuse the files.
  let warnings: [TLSProblem]

  /// The protocol's name in the handshake (ALPN). A client that offers none is served too.
  static let applicationProtocol = "guoban/1"
  /// A certificate that ends sooner than this deserves a warning.
  static let expiryWarningSeconds: Int64 = 14 * 86_400
  /// How long the other side may take to say goodbye.
  static let shutdownTimeout = TimeAmount.seconds(1)

  /// Reads the files. `now`: seconds since 1970.
  init(_ settings: TLSSettings, now: Int64) throws(TLSProblem) {
    let chain = try PEMFile(settings.certificateFile).certificates()
    let key = try PEMFile(settings.keyFile).privateKey()
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    tls.minimumTLSVersion = settings.minimumVersion == .tls12 ? .tlsv12 : .tlsv13
    tls.cipherSuiteValues = Self.forwardSecretSuites
    tls.applicationProtocols = [Self.applicationProtocol]
    tls.shutdownTimeout = Self.shutdownTimeout
    tls.certificateVerification =
      switch settings.clientCertificate {
      case .none: .none
      case .request: .optionalVerification
      case .require: .noHostnameVerification
      }
    if let file = settings.clientCAFile {
      tls.trustRoots = .certificates(try PEMFile(file).certificates())
      tls.sendCANameList = true
    }
    self.settings = settings
    certificate = CertificateSummary(chain[0])
    do {
      context = try NIOSSLContext(configuration: tls)
    } catch {
      throw TLSProblem(
        .mismatch,
        "证书 \(settings.certificateFile) 与私钥 \(settings.keyFile) 不配套：证书文件里第一张须是服务器自己的证书，私钥须是它的私钥（\(error)）",
        "the certificate \(settings.certificateFile) and the key \(settings.keyFile) do not belong together: the first "
          + "certificate in the file must be the server's own, and the key must be its key (\(error))")
    }
    warnings = [Self.dates(certificate, settings.certificateFile, now), PEMFile(settings.keyFile).modeWarning]
      .compactMap(\.self)
  }

  /// For TLS 1.2, when it is allowed at all: ephemeral keys and authenticated encryption only. 1.3 has no others.
  private static let forwardSecretSuites: [NIOTLSCipher] = [
    .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
  ]

  private static func dates(_ certificate: CertificateSummary, _ file: String, _ now: Int64) -> TLSProblem? {
    if now < certificate.notBefore {
      return TLSProblem(
        .expired, "证书 \(file) 尚未生效：客户端会拒绝它；请查系统时钟，或换一张证书",
        "the certificate \(file) is not valid yet, so clients will refuse it: check the clock, or replace it")
    }
    if now > certificate.notAfter {
      return TLSProblem(
        .expired, "证书 \(file) 已过期：客户端会拒绝它；请换上新证书，守护进程会自动改用",
        "the certificate \(file) has expired, so clients will refuse it: replace it, the daemon takes the new one by itself"
      )
    }
    guard certificate.notAfter - now < expiryWarningSeconds else { return nil }
    let days = (certificate.notAfter - now) / 86_400
    return TLSProblem(
      .expiresSoon, "证书 \(file) 还有 \(days) 天到期：请换上新证书，守护进程会自动改用",
      "the certificate \(file) ends in \(days) days: replace it, the daemon takes the new one by itself")
  }
}
