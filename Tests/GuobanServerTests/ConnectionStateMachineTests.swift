import GuobanAccess
import GuobanMessages
import GuobanModel
import GuobanWire
import Testing

@testable import GuobanServer

/// Every frame in every state, and every other input of the machine.
struct ConnectionStateMachineTests {
  /// What a client may send. The stream is number 5, and 9 in the column `never`.
  static let frames: [(name: String, make: @Sendable (UInt32) -> RPC.Frame)] = [
    ("hello", { _ in RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1]))) }),
    ("call-next", { _ in call(6) }),
    ("call-again", { _ in call(5) }),
    ("data", { RPC.Frame(streamId: $0, body: .data(RPC.Data(message: [1]))) }),
    ("data-end", { RPC.Frame(streamId: $0, body: .data(RPC.Data(message: [1], endStream: true))) }),
    ("end", { RPC.Frame(streamId: $0, body: .data(RPC.Data(endStream: true))) }),
    ("reply", { RPC.Frame(streamId: $0, body: .reply(RPC.Reply())) }),
    ("credit", { RPC.Frame(streamId: $0, body: .credit(RPC.Credit(bytes: 7))) }),
    ("cancel", { RPC.Frame(streamId: $0, body: .cancel(RPC.Cancel())) }),
    ("ping", { _ in RPC.Frame(body: .ping(RPC.Ping(payload: [3]))) }),
    ("pong", { _ in RPC.Frame(body: .ping(RPC.Ping(payload: [3], answer: true))) }),
    ("go-away", { _ in RPC.Frame(body: .goAway(RPC.GoAway())) }),
    ("nothing", { RPC.Frame(streamId: $0) }),
  ]

  enum State: String, CaseIterable {
    case awaiting, closed, never, ended, unary, receiving, received, answered, cancelled
  }

  static let open = """
    frame       awaiting closed never  ended  unary   receiving  received  answered  cancelled
    hello       auth     -      bye    bye    bye     bye        bye       bye       bye
    call-next   bye      -      start  start  start   start      start     start     start
    call-again  bye      -      bye    bye    bye     bye        bye       bye       bye
    data        bye      -      bye    -      bye     message    bye       -         -
    data-end    bye      -      bye    -      bye     last       bye       -         -
    end         bye      -      bye    -      bye     end        bye       -         -
    reply       bye      -      bye    bye    bye     bye        bye       bye       bye
    credit      bye      -      bye    credit credit  credit     credit    credit    credit
    cancel      bye      -      bye    -      cancel  cancel     cancel    -         -
    ping        bye      -      pong   pong   pong    pong       pong      pong      pong
    pong        bye      -      -      -      -       -          -         -         -
    go-away     bye      -      -      -      -       -          -         -         -
    nothing     bye      -      bye    bye    bye     bye        bye       bye       bye
    """

  @Test(arguments: [false, true]) func everyFrameInEveryState(isDraining: Bool) throws {
    let rows = Self.open.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows[0].dropFirst().map { State(rawValue: $0) } == State.allCases.map { $0 })
    #expect(rows.dropFirst().map { $0[0] } == Self.frames.map(\.name))
    for (row, frame) in zip(rows.dropFirst(), Self.frames) {
      for (state, expected) in zip(State.allCases, row.dropFirst()) {
        var machine = Self.machine(state)
        if isDraining, state != .awaiting, state != .closed { _ = machine.drain() }
        let wanted = isDraining && expected == "start" ? "reply UNAVAILABLE" : expected
        let action = machine.received(frame.make(state == .never ? 9 : 5), now: Self.start)
        #expect(describe(action) == wanted, "\(frame.name) when \(state)")
        if wanted == "bye" { #expect(machine.phase == .closed) }
      }
    }
  }

  @Test func everyAnswerInEveryState() {
    let table:
      [(State, success: String, failure: String, tooLong: String, data: String, consumed: String, end: String)] = [
        (.awaiting, "-", "-", "-", "-", "-", "-"),
        (.closed, "-", "-", "-", "-", "-", "-"),
        (.never, "-", "-", "-", "-", "-", "-"),
        (.ended, "-", "-", "-", "-", "-", "-"),
        (.unary, "reply OK", "reply ABORTED", "reply RESOURCE_EXHAUSTED", "data", "-", "end ABORTED"),
        (.receiving, "reply OK", "reply ABORTED", "reply RESOURCE_EXHAUSTED", "data", "credit 60", "end ABORTED"),
        (.received, "reply OK", "reply ABORTED", "reply RESOURCE_EXHAUSTED", "data", "-", "end ABORTED"),
        (.answered, "-", "-", "-", "-", "-", "-"),
        (.cancelled, "reply CANCELLED", "reply CANCELLED", "reply CANCELLED", "-", "-", "end ABORTED"),
      ]
    #expect(table.map(\.0) == State.allCases)
    for row in table {
      func after(_ change: (inout ConnectionStateMachine) -> ConnectionAction) -> String {
        var machine = Self.machine(row.0)
        return describe(change(&machine))
      }
      let aborted = Status(.aborted, english: "")
      #expect(after { $0.finished(5, .success([1])) } == row.success, "\(row.0)")
      #expect(after { $0.finished(5, .failure(aborted)) } == row.failure, "\(row.0)")
      #expect(after { $0.finished(5, .success([UInt8](repeating: 1, count: 101))) } == row.tooLong, "\(row.0)")
      #expect(after { $0.data(5, [1]) } == row.data, "\(row.0)")
      #expect(after { $0.consumed(5, bytes: 60) } == row.consumed, "\(row.0)")
      #expect(after { $0.end(5, aborted) } == row.end, "\(row.0)")
      var machine = Self.machine(row.0)
      _ = machine.finished(5, .success([]))
      #expect(machine.streams[5] == nil, "the slot is free when \(row.0)")
    }
  }

  @Test func drainSendAwayAndTimeInEveryPhase() {
    let table: [(State, isDraining: Bool, drain: String, sendAway: String, late: String)] = [
      (.awaiting, false, "bye", "bye", "bye"), (.closed, false, "-", "-", "-"),
      (.ended, false, "drain", "bye", "bye"), (.ended, true, "-", "bye", "bye"),
      (.unary, false, "drain", "bye", "end DEADLINE_EXCEEDED"), (.unary, true, "-", "bye", "end DEADLINE_EXCEEDED"),
      (.cancelled, false, "drain", "bye", "end DEADLINE_EXCEEDED"), (.answered, false, "drain", "bye", "-"),
    ]
    for row in table {
      func after(_ change: (inout ConnectionStateMachine) -> ConnectionAction) -> String {
        var machine = Self.machine(row.0)
        if row.isDraining { _ = machine.drain() }
        return describe(change(&machine))
      }
      #expect(after { $0.drain() } == row.drain, "\(row.0)")
      #expect(after { $0.sendAway(Status(.aborted, english: "")) } == row.sendAway, "\(row.0)")
      #expect(after { $0.timePassed(Self.start + .seconds(1000)) } == row.late, "\(row.0)")
      #expect(after { $0.timePassed(Self.start) } == "-", "\(row.0)")
      #expect(after { $0.failed(.reservedFlags(3)) } == row.sendAway)
      #expect(after { $0.identified(Self.clerk) } == (row.0 == .awaiting ? "hello" : "-"))
    }
    var machine = Self.machine(.awaiting)
    #expect(describe(machine.failed(.notThisProtocol(.http))) == "line")
    machine = Self.machine(.ended)
    #expect(describe(machine.failed(.notThisProtocol(.http))) == "bye")
    machine = Self.machine(.awaiting)
    #expect(describe(machine.identified(nil)) == "bye")
    machine = Self.machine(.unary)
    _ = machine.drain()
    #expect(!machine.isDrained)
    _ = machine.finished(5, .success([]))
    #expect(machine.isDrained)
  }

  @Test func timesAreKeptToTheNanosecond() {
    func at(_ state: State, _ nanoseconds: Int64, _ change: (inout ConnectionStateMachine) -> Void = { _ in }) -> String
    {
      var machine = Self.machine(state)
      change(&machine)
      let time = Self.start.advanced(byNanoseconds: nanoseconds)
      let next = machine.nextDeadline(after: Self.start)
      let action = describe(machine.timePassed(time))
      #expect(action == "-" || next == time, "it asks to be woken exactly then")
      return action
    }
    let second: Int64 = 1_000_000_000
    #expect([at(.awaiting, 5 * second - 1), at(.awaiting, 5 * second)] == ["-", "bye"])
    #expect([at(.unary, 30 * second - 1), at(.unary, 30 * second)] == ["-", "end DEADLINE_EXCEEDED"])
    #expect([at(.ended, 100 * second - 1), at(.ended, 100 * second)] == ["-", "bye"])
    let partial = { (machine: inout ConnectionStateMachine) in
      _ = machine.readEnded(hasPartial: true, hasFrames: false, now: Self.start)
      _ = machine.readEnded(hasPartial: true, hasFrames: false, now: Self.start + .seconds(7))
    }
    #expect([at(.ended, 10 * second - 1, partial), at(.ended, 10 * second, partial)] == ["-", "bye"])
    let another = { (machine: inout ConnectionStateMachine) in
      partial(&machine)
      _ = machine.readEnded(hasPartial: true, hasFrames: true, now: Self.start + .seconds(7))
    }
    #expect([at(.ended, 17 * second - 1, another), at(.ended, 17 * second, another)] == ["-", "bye"])
    let complete = { (machine: inout ConnectionStateMachine) in
      partial(&machine)
      _ = machine.readEnded(hasPartial: false, hasFrames: true, now: Self.start + .seconds(8))
    }
    #expect(at(.ended, 50 * second, complete) == "-")
  }

  @Test func dataIsHeldToTheStreamsCreditAndToTheConnections() {
    var machine = Self.machine(.receiving)
    func data(_ count: Int) -> String {
      describe(
        machine.received(
          RPC.Frame(streamId: 5, body: .data(RPC.Data(message: [UInt8](repeating: 0, count: count)))), now: Self.start))
    }
    #expect([data(99), data(50), data(1)] == ["message", "message", "end RESOURCE_EXHAUSTED"])
    #expect(data(1) == "-", "what comes after that is late")
  }

  @Test func theEndOfAStreamNeedsNoCredit() {
    for (connectionCredit, streamCredit) in [(50, 1000), (1000, 50)] {
      var machine = Self.machine(.receiving, connectionCredit: connectionCredit, streamCredit: streamCredit)
      let message = RPC.Data(message: [UInt8](repeating: 0, count: 50))
      let end = RPC.Data(endStream: true)
      let actions = [message, end].map { machine.received(RPC.Frame(streamId: 5, body: .data($0)), now: Self.start) }
      #expect(actions.map(describe) == ["message", "end"])
    }
  }

  @Test func theConnectionsCreditComesBackAtTheEndOfARead() {
    var machine = Self.machine(.receiving, connectionCredit: 100, streamCredit: 1000)
    func data(_ count: Int) -> String {
      describe(
        machine.received(
          RPC.Frame(streamId: 5, body: .data(RPC.Data(message: [UInt8](repeating: 0, count: count)))), now: Self.start))
    }
    func readEnds() -> String {
      describe(machine.readEnded(hasPartial: false, hasFrames: true, now: Self.start))
    }
    #expect([data(49), readEnds(), data(1), readEnds(), readEnds()] == ["message", "-", "message", "credit 50", "-"])
    #expect([data(99), data(100), readEnds()] == ["message", "message", "credit 199"])
    // Late Data counts as well.
    _ = machine.end(5, Status(.aborted, english: ""))
    #expect([data(100), data(1)] == ["-", "bye"])
  }

  @Test func aMessageTooLongOrTooManyEndTheStreamOnly() {
    var machine = Self.machine(.receiving, connectionCredit: 10_000, streamCredit: 10_000)
    let long = RPC.Data(message: [UInt8](repeating: 0, count: 101))
    #expect(
      describe(machine.received(RPC.Frame(streamId: 5, body: .data(long)), now: Self.start)) == "end RESOURCE_EXHAUSTED"
    )

    machine = Self.machine(.receiving)
    let empty = RPC.Frame(streamId: 5, body: .data(RPC.Data()))
    for _ in 0..<4 { #expect(describe(machine.received(empty, now: Self.start)) == "message") }
    #expect(describe(machine.received(empty, now: Self.start)) == "end RESOURCE_EXHAUSTED")

    machine = Self.machine(.receiving)
    for _ in 0..<100 {
      #expect(describe(machine.received(empty, now: Self.start)) == "message")
      #expect(describe(machine.consumed(5, bytes: 0)) == "-")
    }
    for _ in 0..<4 { _ = machine.received(empty, now: Self.start) }
    let end = RPC.Frame(streamId: 5, body: .data(RPC.Data(endStream: true)))
    #expect(describe(machine.received(end, now: Self.start)) == "end", "the end needs no room")
  }

  @Test func everyDataThatGoesOutEarnsACredit() {
    var machine = Self.machine(.receiving)
    let credit = RPC.Frame(streamId: 5, body: .credit(RPC.Credit(bytes: 1)))
    for _ in 0..<50 { _ = machine.data(5, [1]) }
    // 50 were earned and 20 are in the bucket.
    for index in 0..<70 { #expect(describe(machine.received(credit, now: Self.start)) == "credit", "\(index)") }
    #expect(describe(machine.received(credit, now: Self.start)) == "bye")
  }

  @Test func aClientStreamingCallMayBringItsFirstMessage() {
    let cases: [(message: [UInt8], isEnded: Bool, first: [UInt8]?, isReceiving: Bool)] = [
      ([], false, nil, true), ([4], false, [4], true), ([4], true, [4], false), ([], true, nil, false),
    ]
    for (message, isEnded, first, isReceiving) in cases {
      var machine = Self.machine(.ended)
      let call = RPC.Call(target: .method("/t/Many"), message: message, endStream: isEnded)
      guard case .start(let start) = machine.received(RPC.Frame(streamId: 6, body: .call(call)), now: Self.start) else {
        Issue.record("the call does not start")
        continue
      }
      #expect(start.firstMessage == first && start.isReceiving == isReceiving && start.message.isEmpty)
      #expect((machine.streams[6]?.window != nil) == isReceiving)
    }
  }

  // MARK: Machines in a state

  static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
  static let clerk = Principal(name: "clerk", roles: [.clerk])

  static func call(_ id: UInt32, _ method: String = "/t/One", endStream: Bool = true) -> RPC.Frame {
    RPC.Frame(streamId: id, body: .call(RPC.Call(target: .method(method), message: [1], endStream: endStream)))
  }

  static func machine(_ state: State, connectionCredit: Int = 250, streamCredit: Int = 100) -> ConnectionStateMachine {
    var configuration = ServerConfiguration()
    configuration.messageBytesMax = 100
    configuration.connectionCreditBytes = connectionCredit
    configuration.streamCreditBytes = streamCredit
    configuration.streamMessagesMax = 4
    configuration.controlBurstMax = 20
    configuration.timeoutDefault = .seconds(30)
    configuration.streamTimeoutMax = .seconds(30)
    configuration.idleTimeout = .seconds(100)
    configuration.frameTimeout = .seconds(10)
    let registry = MethodRegistry([
      MethodDefinition("/t/One", permission: .connect) { _ in },
      MethodDefinition("/t/Many", clientStreaming: true, serverStreaming: true, permission: .connect) { _ in },
    ])
    var machine = ConnectionStateMachine(configuration: configuration, registry: registry, now: start)
    guard state != .awaiting else { return machine }
    _ = machine.identified(clerk)
    guard state != .closed else {
      machine.close()
      return machine
    }
    let isMany = [.receiving, .received].contains(state)
    _ = machine.received(call(5, isMany ? "/t/Many" : "/t/One", endStream: state != .receiving), now: start)
    switch state {
    case .never, .ended: _ = machine.finished(5, .success([]))
    case .answered: _ = machine.end(5, Status(.deadlineExceeded, english: ""))
    case .cancelled: _ = machine.received(RPC.Frame(streamId: 5, body: .cancel(RPC.Cancel())), now: start)
    case .awaiting, .closed, .unary, .receiving, .received: break
    }
    return machine
  }

  private func describe(_ action: ConnectionAction) -> String {
    switch action {
    case .none: "-"
    case .send(let frame):
      switch frame.body {
      case .reply(let reply): "reply \(Status.Code(number: reply.code).name)"
      case .ping(let ping): ping.answer ? "pong" : "ping"
      case .data: "data"
      case .credit(let credit): "credit \(credit.bytes)"
      case .hello: "hello"
      default: "send"
      }
    case .refuse(let refused): "reply \(refused.status.code.name)"
    case .authenticate: "auth"
    case .start: "start"
    case .receive(_, let message, let isLast): message == nil ? "end" : isLast ? "last" : "message"
    case .cancel: "cancel"
    case .end(_, let status): "end \(status.code.name)"
    case .credit: "credit"
    case .drain: "drain"
    case .sendAway: "bye"
    case .closeWithLine: "line"
    }
  }
}
