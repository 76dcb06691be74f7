internal import GuobanServer
internal import GuobanWire
internal import Logging
internal import ServiceLifecycle

/// The RPC server inside the daemon's life: serves until the shutdown begins, then drains.
struct ServerService: Service {
  let server: Server
  let endpoints: [Endpoint]
  let notifier: ServiceNotifier
  let logger: Logger

  func run() async throws {
    let bound = try await server.start(endpoints)
    logger.info("ready", metadata: ["listen": "\(bound.map(\.description).joined(separator: " "))"])
    notifier.tell("READY=1")
    try? await gracefulShutdown()
    logger.info("draining")
    notifier.tell("STOPPING=1")
    await server.drain()
  }
}
