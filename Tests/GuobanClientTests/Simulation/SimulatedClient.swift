import GuobanMessages
import GuobanTestSupport
import GuobanWire
import NIOCore

@testable import GuobanClient

/// The client's machine with callers that do what their plans say, a step at a time.
struct SimulatedClient {
  var machine: ClientStateMachine<Int>
  private(set) var wire = SimulatedWire()
  private(set) var callers: [Int: Caller] = [:]
  /// The numbers of calls that have not ended, in order.
  private(set) var running: [Int] = []
  /// Why it takes no more calls.
  private(set) var departure: Status?
  private var decoder: FrameDecoder
  private var lastStreamID: UInt32 = 0

  struct Caller {
    let plan: SimulatedPlan
    let id: UInt32
    let openedAt: MonotonicTime
    let timeout: Duration
    var sent = 0
    var isWaitingToSend = false
    var hasEnded = false
    var hasCancelled = false
    var inbox: [[UInt8]] = []
    var received: [[UInt8]] = []
    var credit: ReceiveCredit
    var endings: [(at: MonotonicTime, CallEnding)] = []
  }

  init(_ configuration: ClientConfiguration, now: MonotonicTime, _ random: inout SeededGenerator) {
    machine = ClientStateMachine(configuration: configuration, place: "there", now: now)
    decoder = FrameDecoder(frameBytesMax: 1 << 20, limits: .frame)
    machine.connected(RPC.Hello(protocolVersions: [1], name: "simulated"))
    perform(now, &random)
  }

  var isReady: Bool { machine.phase == .open }

  mutating func takeArrived(_ now: MonotonicTime) -> ByteBuffer? { wire.next(now) }

  mutating func read(_ bytes: ByteBuffer, now: MonotonicTime, _ random: inout SeededGenerator) {
    decoder.append(bytes)
    do {
      while let frame = try decoder.next() {
        machine.received(frame, now: now)
        perform(now, &random)
      }
    } catch {
      machine.failed(error)
      perform(now, &random)
    }
  }

  mutating func timePassed(_ now: MonotonicTime, _ random: inout SeededGenerator) {
    machine.timePassed(now)
    perform(now, &random)
  }

  mutating func cut(_ now: MonotonicTime, _ random: inout SeededGenerator) {
    wire.cut()
    machine.disconnected(Status(.unavailable, english: "cut"))
    perform(now, &random)
  }

  mutating func open(_ plan: SimulatedPlan, _ now: MonotonicTime, _ random: inout SeededGenerator) {
    lastStreamID += 1
    let timeout = Duration.milliseconds(Int.random(in: 1...600, using: &random))
    let credit = Int(machine.terms?.limits.streamCreditBytes ?? 0)
    callers[plan.number] = Caller(
      plan: plan, id: lastStreamID, openedAt: now, timeout: timeout, credit: ReceiveCredit(batchBytes: credit / 2))
    running.append(plan.number)
    let sendsMore = plan.kind == .up || plan.kind == .both
    let call = RPC.Call(
      target: .method(plan.method), timeoutMs: timeout.wholeMilliseconds,
      metadata: [RPC.Metadata(key: "plan", value: plan.text)], endStream: !sendsMore)
    machine.open(
      lastStreamID, call, plan.number, takesData: plan.kind == .down || plan.kind == .both,
      deadline: now + timeout + .milliseconds(50), now: now)
    perform(now, &random)
  }

  mutating func cancel(_ number: Int, _ now: MonotonicTime, _ random: inout SeededGenerator) {
    guard let caller = callers[number] else { return }
    callers[number]?.hasCancelled = true
    machine.cancel(caller.id, Status(.cancelled, english: "by the caller"))
    perform(now, &random)
  }

  /// One caller does the next thing that it can do.
  mutating func step(_ number: Int, _ now: MonotonicTime, _ random: inout SeededGenerator) {
    guard var caller = callers[number] else { return }
    if !caller.inbox.isEmpty, Bool.random(using: &random) {
      let message = caller.inbox.removeFirst()
      caller.received.append(message)
      if let bytes = caller.credit.add(message.count) { machine.consumed(caller.id, bytes: bytes) }
    } else if caller.plan.kind == .up || caller.plan.kind == .both, !caller.isWaitingToSend, !caller.hasEnded {
      if caller.sent < caller.plan.count {
        machine.send(caller.id, caller.plan.message(caller.sent))
        caller.sent += 1
        caller.isWaitingToSend = true
      } else {
        machine.endSending(caller.id)
        caller.hasEnded = true
      }
    }
    callers[number] = caller
    perform(now, &random)
  }

  private mutating func perform(_ now: MonotonicTime, _ random: inout SeededGenerator) {
    while let action = machine.nextAction() {
      switch action {
      case .send(let frame): wire.write(frame, now: now, &random)
      case .greeted: break
      case .deliver(let number, let message): callers[number]?.inbox.append(message)
      case .accepted(let number): callers[number]?.isWaitingToSend = false
      case .finish(let number, let ending):
        callers[number]?.endings.append((now, ending))
        running.removeAll { $0 == number }
      case .leave(let status): departure = departure ?? status
      case .close: wire.end()
      }
    }
  }
}
