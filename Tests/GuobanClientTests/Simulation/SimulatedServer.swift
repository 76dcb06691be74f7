import GuobanAccess
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import GuobanWire
import NIOCore

@testable import GuobanServer

/// The server's machine with handlers that do what each call's plan says, a step at a time.
struct SimulatedServer {
  var machine: ConnectionStateMachine
  private(set) var wire = SimulatedWire()
  private(set) var handlers: [UInt32: Handler] = [:]
  /// Numbers of the calls that a handler has seen.
  private(set) var begun: Set<Int> = []
  /// Why the client was sent away.
  private(set) var complaints: [Status] = []
  private var flow: FlowControl
  private var decoder: FrameDecoder
  private var isClosed = false

  struct Handler {
    let plan: SimulatedPlan
    var inbox: [[UInt8]] = []
    var received: [[UInt8]] = []
    var sent = 0
    var hasAll: Bool
    var isCancelled = false
  }

  init(_ configuration: ServerConfiguration, now: MonotonicTime) {
    let methods = SimulatedPlan.Kind.allCases.map { kind in
      MethodDefinition(
        "/test/\(kind)", clientStreaming: kind == .up || kind == .both, serverStreaming: kind == .down || kind == .both,
        permission: .connect
      ) { _ in }
    }
    machine = ConnectionStateMachine(configuration: configuration, registry: MethodRegistry(methods), now: now)
    flow = FlowControl(configuration.sendLimits)
    decoder = FrameDecoder(frameBytesMax: configuration.frameBytesMax, limits: configuration.frameLimits)
  }

  mutating func read(_ bytes: ByteBuffer, now: MonotonicTime, _ random: inout SeededGenerator) {
    guard machine.phase != .closed else { return }
    decoder.append(bytes)
    var hasFrames = false
    do {
      while machine.phase != .closed, let frame = try decoder.next() {
        hasFrames = true
        perform(machine.received(frame, now: now), now, &random)
      }
      let hasPartial = decoder.bufferedBytes > 0
      perform(machine.readEnded(hasPartial: hasPartial, hasFrames: hasFrames, now: now), now, &random)
    } catch {
      perform(machine.failed(error), now, &random)
    }
  }

  mutating func takeArrived(_ now: MonotonicTime) -> ByteBuffer? { wire.next(now) }

  mutating func timePassed(_ now: MonotonicTime, _ random: inout SeededGenerator) {
    perform(machine.timePassed(now), now, &random)
  }

  mutating func drain(_ now: MonotonicTime, _ random: inout SeededGenerator) {
    perform(machine.drain(), now, &random)
    closeIfDrained()
  }

  /// The connection is gone: handlers are told, and what they still say goes nowhere.
  mutating func cut() {
    wire.cut()
    close()
  }

  /// One handler does the next thing that it can do.
  mutating func step(_ id: UInt32, _ now: MonotonicTime, _ random: inout SeededGenerator) {
    guard let handler = handlers[id] else { return }
    let plan = handler.plan
    if handler.isCancelled { return finish(id, .failure(Status(.cancelled, english: "stopped")), now, &random) }
    if !handler.inbox.isEmpty { return consume(id, now, &random) }
    if plan.ending == .never { return }
    if plan.ending == .fail, plan.kind == .unary || max(handler.sent, handler.received.count) * 2 >= plan.count {
      return finish(id, .failure(Status(.failedPrecondition, english: "as planned")), now, &random)
    }
    switch plan.kind {
    case .unary: finish(id, .success(plan.answer), now, &random)
    case .down:
      if handler.sent < plan.count {
        send(id, plan.message(handler.sent), now, &random)
      } else {
        finish(id, .success(plan.answer), now, &random)
      }
    case .up:
      if handler.hasAll {
        let answer = handler.received.flatMap { $0.prefix(2) } + [UInt8(handler.received.count)]
        finish(id, .success(answer), now, &random)
      }
    case .both:
      if handler.sent < handler.received.count {
        send(id, handler.received[handler.sent], now, &random)
      } else if handler.hasAll {
        finish(id, .success(plan.answer), now, &random)
      }
    }
  }

  /// Streams that nobody may have any more.
  var leaks: [UInt32] { Array(machine.streams.keys) + (1...max(1, machine.lastStreamID)).filter { flow.isOpen($0) } }

  private mutating func consume(_ id: UInt32, _ now: MonotonicTime, _ random: inout SeededGenerator) {
    guard let message = handlers[id]?.inbox.removeFirst() else { return }
    handlers[id]?.received.append(message)
    perform(machine.consumed(id, bytes: message.count), now, &random)
  }

  private mutating func send(
    _ id: UInt32, _ message: [UInt8], _ now: MonotonicTime, _ random: inout SeededGenerator
  ) {
    guard flow.take(message.count, id) else { return }
    flow.dequeued(message.count, id)
    handlers[id]?.sent += 1
    perform(machine.data(id, message), now, &random)
  }

  private mutating func finish(
    _ id: UInt32, _ outcome: CallOutcome, _ now: MonotonicTime, _ random: inout SeededGenerator
  ) {
    handlers[id] = nil
    flow.close(id)
    perform(machine.finished(id, outcome), now, &random)
    closeIfDrained()
  }

  private mutating func closeIfDrained() {
    if machine.isDrained { close() }
  }

  private mutating func close() {
    machine.close()
    wire.end()
    for id in handlers.keys { handlers[id]?.isCancelled = true }
  }

  private mutating func perform(
    _ action: ConnectionAction, _ now: MonotonicTime, _ random: inout SeededGenerator
  ) {
    switch action {
    case .none: break
    case .send(let frame), .drain(let frame): wire.write(frame, now: now, &random)
    case .authenticate: perform(machine.identified(Principal(name: "test", roles: [])), now, &random)
    case .start(let start): begin(start)
    case .refuse(let call): perform(machine.reply(call.streamID, call.status), now, &random)
    case .receive(let id, let message, let isLast):
      if let message { handlers[id]?.inbox.append(message) }
      if isLast { handlers[id]?.hasAll = true }
    case .cancel(let id, _): handlers[id]?.isCancelled = true
    case .end(let ids, let status):
      for id in ids {
        handlers[id]?.isCancelled = true
        perform(machine.reply(id, status), now, &random)
      }
    case .credit(let id, let bytes): flow.grant(bytes, id)
    case .sendAway(let frame, let status):
      complaints.append(status)
      wire.write(frame, now: now, &random)
      close()
    case .closeWithLine(_, let status):
      complaints.append(status)
      close()
    }
  }

  private mutating func begin(_ start: CallStart) {
    guard let plan = SimulatedPlan(start.metadata["plan"]) else { return }
    begun.insert(plan.number)
    if start.method.serverStreaming { flow.open(start.streamID) }
    var handler = Handler(plan: plan, hasAll: !start.isReceiving)
    if let first = start.firstMessage { handler.inbox.append(first) }
    handlers[start.streamID] = handler
  }
}
