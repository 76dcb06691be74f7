internal import NIOSSL
internal import Synchronization

/// Who the server is to TLS clients, and which of them it trusts. Can be replaced while connections live: those that are
/// open keep what they began with.
public final class TLSIdentity: Sendable {
  private let material: Mutex<TLSMaterial>
  /// Seconds since 1970, for the dates of certificates.
  let now: @Sendable () -> Int64

  /// Reads the files. `now`: seconds since 1970.
  public init(_ settings: TLSSettings, now: @escaping @Sendable () -> Int64) throws(TLSProblem) {
    material = Mutex(try TLSMaterial(settings, now: now()))
    self.now = now
  }

  /// Reads the files again, or others; when anything is wrong with them, what was loaded before stays.
  ///
  /// A certificate that is not valid now does not replace one that is.
  public func reload(_ settings: TLSSettings) throws(TLSProblem) {
    let now = now()
    let fresh = try TLSMaterial(settings, now: now)
    if let expired = fresh.warnings.first(where: { $0.code == .expired }), certificate.isValid(at: now) {
      throw expired
    }
    material.withLock { $0 = fresh }
  }

  /// The certificate that new connections are shown.
  public var certificate: CertificateSummary { current.certificate }
  /// What it was loaded with.
  public var settings: TLSSettings { current.settings }
  /// What is not right about it, though it works.
  public var warnings: [TLSProblem] { current.warnings }

  var current: TLSMaterial { material.withLock { $0 } }
}
