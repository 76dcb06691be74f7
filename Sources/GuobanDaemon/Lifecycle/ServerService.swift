internal import GuobanServer
internal import GuobanWire
internal import Logging
internal import ServiceLifecycle

/// The RPC server inside the daemon's life: serves until the shutdown begins, then drains.
struct ServerService: Service {
  let server: Server
  let sockets: [ListeningSocket]
  let notifier: ServiceNotifier
  let logger: Logger

  func run() async throws {
    let bound = try await server.start(sockets).map(\.description).joined(separator: " ")
    logger.info("ready", metadata: ["listen": "\(bound)"])
    notifier.ready("serving on \(bound)")
    try? await gracefulShutdown()
    logger.info("draining")
    notifier.stopping()
    await server.drain()
  }
}
