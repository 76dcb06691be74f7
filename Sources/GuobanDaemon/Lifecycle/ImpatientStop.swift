internal import Dispatch
internal import Glibc
internal import Logging
internal import Synchronization

/// Ends the process at once at a second SIGTERM or SIGINT, or when draining takes longer than it may.
///
/// What was acknowledged is on disk already, so nothing is lost but running calls.
final class ImpatientStop: Sendable {
  private let signals = Atomic(0)
  // Safety: the sources are made in init and never touched again; they live as long as this object.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  init(grace: Duration, logger: Logger) {
    sources = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: .global(qos: .userInitiated)) }
    for source in sources {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        let count = self.signals.add(1, ordering: .relaxed).newValue
        if count > 1 { Self.stop(logger, "stopped at once by a second signal") }
        DispatchQueue.global(qos: .userInitiated).asyncAfter(
          deadline: .now() + .milliseconds(Int(clamping: grace.milliseconds))
        ) { Self.stop(logger, "draining took too long: stopped at once") }
      }
      source.resume()
    }
  }

  private static func stop(_ logger: Logger, _ why: Logger.Message) {
    logger.warning(why)
    _exit(1)
  }
}
