internal import Glibc
internal import GuobanMessages
internal import GuobanServer
internal import GuobanStorage
internal import Logging
internal import ServiceLifecycle

/// Tells systemd's watchdog that the daemon lives, and only while it does: every event loop turns, the writer takes
/// requests, and the health board says that the daemon serves. When it does not, systemd starts it again (WatchdogSec=).
struct Watchdog: Service {
  let server: Server
  let store: any LedgerStore
  let notifier: ServiceNotifier
  let interval: Duration
  let logger: Logger

  /// How often to say so: a quarter of the time that systemd allows, so that one late beat is no reason to panic. Nil when
  /// systemd does not ask this process.
  static func interval(environment: [String: String], processID: Int32 = getpid()) -> Duration? {
    guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
    if let asked = environment["WATCHDOG_PID"], Int32(asked) != processID { return nil }
    return .microseconds(max(1, microseconds / 4))
  }

  func run() async throws {
    // systemd stops asking when the daemon begins to stop; the drain has a time of its own.
    await cancelWhenGracefulShutdown { await watch() }
  }

  private func watch() async {
    var wasAlive = true
    var round = beat()
    while (try? await Task.sleep(for: interval)) != nil {
      let writerLives = round.beats.writerLives(isProgressing: store.revision != round.revision)
      let isAlive =
        round.beats.eventLoopsDue == 0 && writerLives && server.health.status(of: "") == .serving
      if isAlive { notifier.alive() }
      if isAlive != wasAlive { tell(isAlive, round.beats, writerLives) }
      wasAlive = isAlive
      // A beat that is still due is waited for: another behind it would tell nothing new.
      if round.beats.isOver { round = beat() }
    }
  }

  private func tell(_ isAlive: Bool, _ beats: Heartbeats, _ writerLives: Bool) {
    guard !isAlive else { return logger.notice("the daemon answers itself again") }
    logger.error(
      "the daemon does not answer itself: the watchdog is not told that it lives",
      metadata: ["event_loops_behind": "\(beats.eventLoopsDue)", "writer_lives": "\(writerLives)"])
  }

  /// Asks the event loops and the writer; `revision` is where the writer was.
  private func beat() -> (beats: Heartbeats, revision: UInt64) {
    let beats = Heartbeats()
    let revision = store.revision
    beats.expect(eventLoops: server.pulse { beats.eventLoop() })
    // A request that is not admitted goes all the way to the writer, and changes nothing.
    let probe = WriteRequest(
      actor: "watchdog", requestID: "", requestDigest: [], admit: { throw Seen() }, body: { _ in })
    store.submit(probe) { result in
      switch result {
      case .failure(is Seen): beats.writer()
      case .failure(let error as StorageError) where error.code == .overloaded: beats.writerBusy()
      case .success, .failure: beats.writerFailed()
      }
    }
    return (beats, revision)
  }

  /// What the probe ends with on the writer.
  private struct Seen: Error {}
}
