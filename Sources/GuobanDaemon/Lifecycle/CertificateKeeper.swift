internal import GuobanServer
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Keeps the TLS identity at what its files hold: new connections get new files, open ones keep theirs, and files that are
/// wrong change nothing.
final class CertificateKeeper: Service, Sendable {
  let identity: TLSIdentity
  private let interval: Duration
  private let logger: Logger
  private let watch: Mutex<FileWatch>

  /// Reads the files. `now`: seconds since 1970.
  init(
    _ settings: TLSSettings, interval: Duration, logger: Logger, now: @escaping @Sendable () -> Int64
  ) throws(TLSProblem) {
    let stamps = FileWatch.stamps(settings.files)
    identity = try TLSIdentity(settings, now: now)
    watch = Mutex(FileWatch(taken: stamps))
    self.interval = interval
    self.logger = logger
    tell("certificate loaded")
  }

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { [self] in
        while !Task.isCancelled {
          try await Task.sleep(for: interval)
          try await onThread { self.look() }
        }
      }
    } catch is CancellationError {
      // The daemon stops.
    }
  }

  /// Takes these settings, or the same once more, whether the files look changed or not.
  func reload(_ settings: TLSSettings) throws(TLSProblem) {
    let stamps = FileWatch.stamps(settings.files)
    try identity.reload(settings)
    watch.withLock { $0 = FileWatch(taken: stamps) }
    tell("certificate loaded")
  }

  /// One look at the files.
  private func look() {
    let settings = identity.settings
    let stamps = FileWatch.stamps(settings.files)
    guard watch.withLock({ $0.changed(stamps) }) else { return }
    do {
      try identity.reload(settings)
      tell("certificate replaced")
    } catch {
      logger.error("the new certificate files are refused; the old ones stay", metadata: ["error": "\(error)"])
    }
  }

  private func tell(_ what: Logger.Message) {
    let certificate = identity.certificate
    logger.notice(
      what,
      metadata: [
        "serial": "\(certificate.serial)", "names": "\(certificate.names.joined(separator: ","))",
        "ends": "\(DaemonClock.text(certificate.notAfter))", "file": "\(identity.settings.certificateFile)",
      ])
    for warning in identity.warnings { logger.warning("\(warning)") }
  }
}
