import GuobanMessages
import GuobanWire

@testable import GuobanClient

/// A client machine whose actions can be compared as words, and whose waiters are numbers.
struct MachineScript {
  var machine: ClientStateMachine<Int>
  var now = MonotonicTime(nanoseconds: 1_000_000_000)

  /// Something that happens to it.
  enum Event: Sendable {
    case frame(RPC.Frame)
    case open(UInt32, takesData: Bool = false, sendsMore: Bool = false, milliseconds: Int = 10_000)
    case send(UInt32, Int)
    case end(UInt32)
    case consumed(UInt32, Int)
    case cancel(UInt32)
    case wait(milliseconds: Int)
    case notAFrame
    case lost
  }

  init(_ configuration: ClientConfiguration = ClientConfiguration()) {
    machine = ClientStateMachine(configuration: configuration, place: "here", now: now)
    machine.connected(RPC.Hello(name: "test"))
    _ = actions()
  }

  /// What it does then.
  mutating func run(_ event: Event) -> [String] {
    switch event {
    case .frame(let frame): machine.received(frame, now: now)
    case .open(let id, let takesData, let sendsMore, let milliseconds):
      let call = RPC.Call(target: .methodId(1), endStream: !sendsMore)
      machine.open(
        id, call, Int(id) * 10, takesData: takesData, deadline: now + .milliseconds(milliseconds), now: now)
    case .send(let id, let bytes): machine.send(id, [UInt8](repeating: 1, count: bytes))
    case .end(let id): machine.endSending(id)
    case .consumed(let id, let bytes): machine.consumed(id, bytes: bytes)
    case .cancel(let id): machine.cancel(id, Status(.cancelled, english: "by the test"))
    case .wait(let milliseconds):
      now = now + .milliseconds(milliseconds)
      machine.timePassed(now)
    case .notAFrame: machine.failed(.reservedFlags(2))
    case .lost: machine.disconnected(Status(.unavailable, english: "cut"))
    }
    return actions()
  }

  mutating func run(_ events: [Event]) -> [String] { events.flatMap { run($0) } }

  private mutating func actions() -> [String] {
    var words: [String] = []
    while let action = machine.nextAction() { words.append(Self.words(action)) }
    return words
  }

  private static func words(_ action: ClientAction<Int>) -> String {
    switch action {
    case .send(let frame): "send \(words(frame))"
    case .greeted(let terms): "greeted \(terms.hello.name)"
    case .deliver(let waiter, let message): "deliver \(message.count) to \(waiter)"
    case .accepted(let waiter): "accepted \(waiter)"
    case .finish(let waiter, .success(let message)): "answer \(message.count) to \(waiter)"
    case .finish(let waiter, .failure(let failure)):
      "fail \(waiter) \(failure.status.code.name)\(failure.isNotRun ? " not run" : "")"
    case .leave(let status): "leave \(status.code.name)"
    case .close: "close"
    }
  }

  static func words(_ frame: RPC.Frame) -> String {
    switch frame.body {
    case .hello: "hello"
    case .call: "call \(frame.streamId)"
    case .data(let data): "data \(frame.streamId) \(data.message.count)\(data.endStream ? " end" : "")"
    case .reply: "reply \(frame.streamId)"
    case .credit(let credit): "credit \(frame.streamId) \(credit.bytes)"
    case .cancel: "cancel \(frame.streamId)"
    case .ping(let ping): ping.answer ? "pong" : "ping"
    case .goAway: "goaway"
    case nil: "nothing"
    }
  }
}

extension RPC.Frame {
  static func hello(version: UInt32 = 1, stream: UInt32 = 100, connection: UInt32 = 1000) -> RPC.Frame {
    RPC.Frame(
      body: .hello(
        RPC.Hello(
          protocolVersions: [version], name: "server", methods: [RPC.MethodEntry(name: "/m", id: 1)],
          limits: RPC.Limits(
            frameBytesMax: 10_000, messageBytesMax: 9000, streamsMax: 10, streamCreditBytes: stream,
            connectionCreditBytes: connection))))
  }

  static func reply(_ id: UInt32, bytes: Int = 0, code: Status.Code = .ok, reason: String? = nil) -> RPC.Frame {
    guard code != .ok else {
      return RPC.Frame(streamId: id, body: .reply(RPC.Reply(message: [UInt8](repeating: 1, count: bytes))))
    }
    let status = Status(code, english: "said the server")
    return RPC.Frame(
      streamId: id, body: .reply((reason.map { status.reason($0) } ?? status).reply(messageBytesMax: 100_000)))
  }

  static func data(_ id: UInt32, bytes: Int) -> RPC.Frame {
    RPC.Frame(streamId: id, body: .data(RPC.Data(message: [UInt8](repeating: 1, count: bytes))))
  }

  static func credit(_ id: UInt32, _ bytes: UInt32) -> RPC.Frame {
    RPC.Frame(streamId: id, body: .credit(RPC.Credit(bytes: bytes)))
  }

  static func goAway(last: UInt32, code: Status.Code = .ok) -> RPC.Frame {
    RPC.Frame(body: .goAway(RPC.GoAway(lastStreamId: last, code: code.number, reason: "bye")))
  }

  static func ping(answer: Bool = false) -> RPC.Frame { RPC.Frame(body: .ping(RPC.Ping(payload: [1], answer: answer))) }
}
