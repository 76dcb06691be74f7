internal import GuobanMessages
internal import GuobanModel
internal import Logging
internal import ServiceLifecycle

/// Does in the background what hangs on keys and days: seals anew after a rotation, and once a day erases what is due.
struct KeyJobs: Service {
  let keeper: KeyKeeper
  let logger: Logger
  let today: @Sendable () -> CivilDate

  private static let interval = Duration.seconds(1)
  /// After a failure.
  private static let pause = Duration.seconds(60)

  func run() async throws {
    let stop = StopFlag()
    do {
      try await withGracefulShutdownHandler {
        try await cancelWhenGracefulShutdown { try await keep(stop) }
      } onGracefulShutdown: {
        stop.raise()
      }
    } catch is CancellationError {
      // The daemon stops.
    }
  }

  private func keep(_ stop: StopFlag) async throws {
    var erased: CivilDate?
    while !Task.isCancelled {
      do {
        try await onThread { try keeper.reseal { try stop.check() } }
        let today = today()
        if erased != today {
          let done = try await onThread { try keeper.eraseDue(validateOnly: false) { try stop.check() } }
          if done.records + done.deletedRecords > 0 {
            logger.notice(
              "erased personal data past their retention",
              metadata: ["records": "\(done.records)", "deleted_records": "\(done.deletedRecords)"])
          }
          erased = today
        }
        try await Task.sleep(for: Self.interval)
      } catch let error as CancellationError {
        throw error
      } catch {
        logger.error("work on personal data failed and is tried again", metadata: ["error": "\(error)"])
        try await Task.sleep(for: Self.pause)
      }
    }
  }
}
