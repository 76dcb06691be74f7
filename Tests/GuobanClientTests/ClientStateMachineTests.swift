import GuobanMessages
import GuobanWire
import Testing

@testable import GuobanClient

/// Every transition of the client's end: what happened before, what happens, what it does.
struct Transition: Sendable, CustomTestStringConvertible {
  let name: String
  let before: [MachineScript.Event]
  let event: MachineScript.Event
  let actions: [String]

  var testDescription: String { name }

  init(
    _ name: String, _ before: [MachineScript.Event], _ event: MachineScript.Event, _ actions: [String]
  ) {
    self.name = name
    self.before = before
    self.event = event
    self.actions = actions
  }
}

private let greeted: [MachineScript.Event] = [.frame(.hello())]
private let unary: [MachineScript.Event] = greeted + [.open(1)]
private let stream: [MachineScript.Event] = greeted + [.open(1, takesData: true)]
private let upload: [MachineScript.Event] = greeted + [.open(1, sendsMore: true)]
private let leaving: [MachineScript.Event] = unary + [.frame(.goAway(last: 1))]
private let closed: [MachineScript.Event] = greeted + [.lost]

@Suite struct ClientStateMachineTests {
  static let table: [Transition] = [
    // Before the server's Hello.
    Transition("Hello opens", [], .frame(.hello()), ["greeted server"]),
    Transition("another version is refused", [], .frame(.hello(version: 2)), ["leave UNIMPLEMENTED", "close"]),
    Transition(
      "a Hello without limits is refused", [],
      .frame(RPC.Frame(body: .hello(RPC.Hello(protocolVersions: [1])))), ["leave UNIMPLEMENTED", "close"]),
    Transition(
      "a refusal is heard", [], .frame(.goAway(last: 0, code: .unauthenticated)), ["leave UNAUTHENTICATED", "close"]),
    Transition("anything else first is broken", [], .frame(.reply(1)), ["leave UNAVAILABLE", "close"]),
    Transition("no call before Hello", [], .open(1), ["fail 10 UNAVAILABLE not run"]),
    Transition("cut before Hello", [], .lost, ["leave UNAVAILABLE", "close"]),
    Transition("no frames before Hello", [], .notAFrame, ["leave UNAVAILABLE", "close"]),
    // Unary calls.
    Transition("a call is sent", greeted, .open(1), ["send call 1"]),
    Transition("an answer ends it", unary, .frame(.reply(1, bytes: 5)), ["answer 5 to 10"]),
    Transition("a refusal ends it", unary, .frame(.reply(1, code: .notFound)), ["fail 10 NOT_FOUND"]),
    Transition(
      "a drained refusal was not run", unary, .frame(.reply(1, code: .unavailable, reason: "DRAINING")),
      ["fail 10 UNAVAILABLE not run"]),
    Transition(
      "no stream free was not run", unary, .frame(.reply(1, code: .resourceExhausted, reason: "STREAMS_MAX")),
      ["fail 10 RESOURCE_EXHAUSTED not run"]),
    Transition(
      "a reason with another code proves nothing", unary, .frame(.reply(1, code: .internalError, reason: "DRAINING")),
      ["fail 10 INTERNAL"]),
    Transition("a second answer is late", unary + [.frame(.reply(1))], .frame(.reply(1)), []),
    Transition(
      "an answer to nobody is broken", unary, .frame(.reply(2)), ["leave UNAVAILABLE", "fail 10 UNAVAILABLE", "close"]),
    Transition(
      "Data for a unary call ends it", unary, .frame(.data(1, bytes: 3)), ["send cancel 1", "fail 10 INTERNAL"]),
    Transition("cancelling tells the server", unary, .cancel(1), ["send cancel 1", "fail 10 CANCELLED"]),
    Transition("cancelling twice does not", unary + [.cancel(1)], .cancel(1), []),
    Transition("an answer after the cancel is late", unary + [.cancel(1)], .frame(.reply(1)), []),
    Transition("cancelling what was never opened", unary, .cancel(9), []),
    // Time.
    Transition(
      "the deadline ends it", greeted + [.open(1, milliseconds: 50)], .wait(milliseconds: 50),
      ["send cancel 1", "fail 10 DEADLINE_EXCEEDED"]),
    Transition("not a moment before", greeted + [.open(1, milliseconds: 50)], .wait(milliseconds: 49), []),
    Transition(
      "silence is asked about", greeted + [.open(1, milliseconds: 90_000)], .wait(milliseconds: 30_000), ["send ping"]),
    Transition(
      "and then counts as lost", greeted + [.open(1, milliseconds: 90_000), .wait(milliseconds: 30_000)],
      .wait(milliseconds: 10_000), ["leave UNAVAILABLE", "fail 10 UNAVAILABLE", "close"]),
    Transition(
      "unless something came",
      greeted + [.open(1, milliseconds: 90_000), .wait(milliseconds: 30_000), .frame(.ping(answer: true))],
      .wait(milliseconds: 10_000), []),
    Transition("without calls nobody asks", greeted, .wait(milliseconds: 100_000), []),
    // Streams from the server.
    Transition("Data is delivered", stream, .frame(.data(1, bytes: 60)), ["deliver 60 to 10"]),
    Transition(
      "credit goes back as it is consumed", stream + [.frame(.data(1, bytes: 60))], .consumed(1, 60),
      ["send credit 1 60"]),
    Transition(
      "the connection's credit goes back at half", stream + [.frame(.data(1, bytes: 99)), .consumed(1, 99)],
      .frame(.data(1, bytes: 401)), ["send credit 0 500", "deliver 401 to 10"]),
    Transition(
      "one message may be larger than the credit", stream, .frame(.data(1, bytes: 400)), ["deliver 400 to 10"]),
    Transition(
      "the next one is a violation", stream + [.frame(.data(1, bytes: 100))], .frame(.data(1, bytes: 1)),
      ["send cancel 1", "fail 10 INTERNAL"]),
    Transition("the reply ends it", stream + [.frame(.data(1, bytes: 1))], .frame(.reply(1)), ["answer 0 to 10"]),
    Transition("Data after the end is late", stream + [.frame(.reply(1))], .frame(.data(1, bytes: 1)), []),
    Transition("nothing to give back after the end", stream + [.frame(.reply(1))], .consumed(1, 60), []),
    Transition("Data for nobody is broken", greeted, .frame(.data(1, bytes: 1)), ["leave UNAVAILABLE", "close"]),
    // Streams to the server.
    Transition("Data goes out within the credit", upload, .send(1, 60), ["send data 1 60", "accepted 10"]),
    Transition(
      "one message may overdraw it", upload + [.send(1, 60)], .send(1, 60), ["send data 1 60", "accepted 10"]),
    Transition("the next one waits", upload + [.send(1, 60), .send(1, 60)], .send(1, 1), []),
    Transition(
      "credit for less than was overdrawn lets nothing go", upload + [.send(1, 120), .send(1, 7)],
      .frame(.credit(1, 20)), []),
    Transition(
      "credit lets it go", upload + [.send(1, 120), .send(1, 7)], .frame(.credit(1, 21)),
      ["send data 1 7", "accepted 10"]),
    Transition("the end goes out at once", upload, .end(1), ["send data 1 0 end"]),
    Transition("the end waits for the last message", upload + [.send(1, 120), .send(1, 7)], .end(1), []),
    Transition(
      "and follows it", upload + [.send(1, 120), .send(1, 7), .end(1)], .frame(.credit(1, 100)),
      ["send data 1 7", "accepted 10", "send data 1 0 end"]),
    Transition("nothing after the end", upload + [.end(1)], .send(1, 1), []),
    Transition("one end", upload + [.end(1)], .end(1), []),
    Transition("a unary call sends nothing more", unary, .send(1, 1), []),
    Transition(
      "an early answer ends the sending", upload + [.send(1, 120), .send(1, 7)], .frame(.reply(1)), ["answer 0 to 10"]),
    Transition("credit for an ended stream is late", upload + [.frame(.reply(1))], .frame(.credit(1, 100)), []),
    Transition("credit for nobody is broken", greeted, .frame(.credit(3, 1)), ["leave UNAVAILABLE", "close"]),
    Transition(
      "streams take turns when the connection has credit again",
      greeted + [
        .open(1, sendsMore: true), .open(2, sendsMore: true), .send(1, 1000), .frame(.credit(1, 2000)), .send(1, 5),
        .send(1, 6), .send(2, 7), .send(2, 8),
      ], .frame(.credit(0, 1)),
      ["send data 1 5", "accepted 10"]),
    Transition(
      "one message each",
      greeted + [
        .open(1, sendsMore: true), .open(2, sendsMore: true), .send(1, 1000), .frame(.credit(1, 2000)), .send(1, 5),
        .send(1, 6), .send(2, 7), .send(2, 8),
      ], .frame(.credit(0, 1000)),
      [
        "send data 1 5", "accepted 10", "send data 2 7", "accepted 20", "send data 1 6", "accepted 10", "send data 2 8",
        "accepted 20",
      ]),
    // GoAway.
    Transition("GoAway without calls closes", greeted, .frame(.goAway(last: 0)), ["leave UNAVAILABLE", "close"]),
    Transition("GoAway lets what runs end", unary, .frame(.goAway(last: 1)), ["leave UNAVAILABLE"]),
    Transition(
      "what was not begun is said so", unary + [.open(2)], .frame(.goAway(last: 1)),
      ["leave UNAVAILABLE", "fail 20 UNAVAILABLE not run"]),
    Transition("no calls after it", leaving, .open(2), ["fail 20 UNAVAILABLE not run"]),
    Transition("the last answer closes", leaving, .frame(.reply(1)), ["answer 0 to 10", "close"]),
    Transition("the last cancel closes", leaving, .cancel(1), ["send cancel 1", "fail 10 CANCELLED", "close"]),
    Transition(
      "a second GoAway may serve less", leaving, .frame(.goAway(last: 0)), ["fail 10 UNAVAILABLE not run", "close"]),
    Transition("cut while leaving: it may have run", leaving, .lost, ["fail 10 UNAVAILABLE", "close"]),
    // The rest.
    Transition("a ping is answered", greeted, .frame(.ping()), ["send pong"]),
    Transition("an answer to a ping is not", greeted, .frame(.ping(answer: true)), []),
    Transition("a frame of a newer version is passed over", greeted, .frame(RPC.Frame(streamId: 0)), []),
    Transition("a second Hello is broken", greeted, .frame(.hello()), ["leave UNAVAILABLE", "close"]),
    Transition(
      "a Call from a server is broken", greeted, .frame(RPC.Frame(streamId: 1, body: .call(RPC.Call()))),
      ["leave UNAVAILABLE", "close"]),
    Transition(
      "a Cancel from a server is broken", greeted, .frame(RPC.Frame(streamId: 1, body: .cancel(RPC.Cancel()))),
      ["leave UNAVAILABLE", "close"]),
    Transition("a cut fails what runs", unary, .lost, ["leave UNAVAILABLE", "fail 10 UNAVAILABLE", "close"]),
    Transition(
      "what is no frame fails what runs", unary, .notAFrame, ["leave UNAVAILABLE", "fail 10 UNAVAILABLE", "close"]),
    Transition("nothing comes after the end", closed, .frame(.hello()), []),
    Transition("no call after the end", closed, .open(1), ["fail 10 UNAVAILABLE not run"]),
    Transition("one end of a connection", closed, .lost, []),
    Transition("no time after the end", closed, .wait(milliseconds: 100_000), []),
  ]

  @Test(arguments: table) func doesWhatTheTableSays(_ transition: Transition) {
    var script = MachineScript()
    _ = script.run(transition.before)
    #expect(script.run(transition.event) == transition.actions)
  }

  @Test func moreDataThanTheConnectionsCreditEndsTheConnection() {
    var script = MachineScript()
    _ = script.run([.frame(.hello(stream: 10_000, connection: 1000)), .open(1, takesData: true)])
    // Credit comes back at once, so only a message that is larger than what was left and another break it.
    #expect(script.run(.frame(.data(1, bytes: 499))) == ["deliver 499 to 10"])
    #expect(script.run(.frame(.data(1, bytes: 3000))) == ["send credit 0 3499", "deliver 3000 to 10"])
    #expect(script.machine.receiveWindow.bytes == 1000)
    script.machine.receiveWindow.take(1000)
    #expect(script.run(.frame(.data(1, bytes: 1))) == ["leave UNAVAILABLE", "fail 10 UNAVAILABLE", "close"])
  }

  @Test func theNextTimeToLookIsTheEarliest() {
    var script = MachineScript()
    #expect(script.machine.nextDeadline == nil)
    _ = script.run([.frame(.hello()), .open(1, milliseconds: 500), .open(2, milliseconds: 200)])
    #expect(script.machine.nextDeadline == script.now + .milliseconds(200))
    _ = script.run([.frame(.reply(1)), .frame(.reply(2)), .open(3, milliseconds: 90_000)])
    #expect(script.machine.nextDeadline == script.now + .seconds(30))
  }
}
