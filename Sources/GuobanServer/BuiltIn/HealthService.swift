internal import GuobanMessages
internal import GuobanWire
internal import NIOCore

/// gRPC's standard health service over a ``HealthBoard``.
enum HealthService {
  static func methods(_ board: HealthBoard) -> [MethodDefinition] {
    [
      MethodDefinition("/grpc.health.v1.Health/Check") { check($0, board) },
      MethodDefinition("/grpc.health.v1.Health/Watch") { watch($0, board) },
    ]
  }

  private static func check(_ call: ServerCall, _ board: HealthBoard) {
    guard let service = service(call) else { return }
    guard let status = board.status(of: service) else {
      return call.fail(Status(.notFound, english: "no service \"\(service.prefix(128))\""))
    }
    call.reply(Health.HealthCheckResponse(status: status).packed())
  }

  private static func watch(_ call: ServerCall, _ board: HealthBoard) {
    guard let service = service(call) else { return }
    let watch = NIOLoopBound(HealthWatch(call: call, board: board, service: service), eventLoop: call.eventLoop)
    let watcher = board.watch { call.eventLoop.execute { watch.value.send() } }
    let end: @Sendable (Status) -> Void = { status in
      board.unwatch(watcher)
      call.fail(status)
    }
    call.onCancel { end(Status(.cancelled, "订阅已结束", "the watch ended")) }
    watch.value.send()
    call.onDrain { end(.draining) }
  }

  private static func service(_ call: ServerCall) -> String? {
    do {
      return try Health.HealthCheckRequest(packed: call.message, limits: .standard).service
    } catch {
      call.fail(Status(error))
      return nil
    }
  }
}

/// One watch: sends the newest status, and only when it is another than the last one sent.
private final class HealthWatch {
  private let call: ServerCall
  private let board: HealthBoard
  private let service: String
  private var sent: HealthBoard.ServingStatus?

  init(call: ServerCall, board: HealthBoard, service: String) {
    self.call = call
    self.board = board
    self.service = service
  }

  func send() {
    let status = board.status(of: service) ?? .serviceUnknown
    guard status != sent, !call.isCancelled else { return }
    if call.offer(Health.HealthCheckResponse(status: status).packed()) {
      sent = status
    } else {
      let this = NIOLoopBound(self, eventLoop: call.eventLoop)
      call.onRoom { this.value.send() }
    }
  }
}
