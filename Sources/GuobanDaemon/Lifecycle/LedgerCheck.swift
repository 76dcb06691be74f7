internal import GuobanSQLite
internal import Logging
internal import ServiceLifecycle

/// Reads a large ledger's file through, once, while the daemon serves: start-up does not wait for it. A damaged one is
/// said loudly, and nothing more is written to it.
struct LedgerCheck: Service {
  let store: SQLiteStore
  let logger: Logger

  func run() async throws {
    let check = Task {
      do {
        if try await onThread({ try store.checkStructure() }) { logger.info("the ledger's file is sound") }
      } catch {
        logger.critical("the ledger's file is damaged; nothing more is written", metadata: ["error": "\(error)"])
      }
    }
    // It ends with the store; the daemon need not wait for it.
    withExtendedLifetime(check) {}
    try? await gracefulShutdown()
  }
}
