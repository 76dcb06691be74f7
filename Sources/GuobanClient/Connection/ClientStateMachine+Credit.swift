internal import GuobanMessages
internal import GuobanWire

extension ClientStateMachine {
  /// Messages of a caller's that wait for credit.
  struct Outgoing {
    var credit: CreditWindow
    var messages: [[UInt8]] = []
    /// Whether the end goes out after the last message.
    var isEnding = false

    var maySend: Bool { credit.isOpen && !messages.isEmpty }

    /// The next message, paid for; nil when there is none or no credit.
    mutating func takeMessage() -> [UInt8]? {
      guard maySend else { return nil }
      let message = messages.removeFirst()
      credit.take(message.count)
      return message
    }
  }

  /// A caller sends one more message. Its waiter hears when it is on its way.
  mutating func send(_ id: UInt32, _ message: [UInt8]) {
    guard let outgoing = streams[id]?.outgoing, !outgoing.isEnding else { return }
    streams[id]?.outgoing?.messages.append(message)
    takeTurn(id)
    sendWhatMayGo()
  }

  /// A caller has nothing more to send.
  mutating func endSending(_ id: UInt32) {
    guard let outgoing = streams[id]?.outgoing, !outgoing.isEnding else { return }
    streams[id]?.outgoing?.isEnding = true
    endIfSent(id)
  }

  /// A caller has consumed so many bytes of a stream's messages.
  mutating func consumed(_ id: UInt32, bytes: Int) {
    guard streams[id]?.receiveWindow != nil else { return }
    streams[id]?.receiveWindow?.grant(bytes)
    act(.send(.credit(bytes, stream: id)))
  }

  /// The server takes more.
  mutating func receivedCredit(_ bytes: Int, _ id: UInt32) {
    if id == 0 {
      sendCredit.grant(bytes)
    } else {
      guard isKnown(id) else { return }
      streams[id]?.outgoing?.credit.grant(bytes)
      takeTurn(id)
    }
    sendWhatMayGo()
  }

  /// Every stream that may sends one message and goes to the end of the queue, so that none keeps the others waiting.
  private mutating func sendWhatMayGo() {
    while sendCredit.isOpen, !sendTurns.isEmpty {
      let id = sendTurns.removeFirst()
      guard let waiter = streams[id]?.waiter, let message = streams[id]?.outgoing?.takeMessage() else { continue }
      sendCredit.take(message.count)
      act(.send(RPC.Frame(streamId: id, body: .data(RPC.Data(message: message)))))
      act(.accepted(waiter))
      endIfSent(id)
      takeTurn(id)
    }
  }

  private mutating func takeTurn(_ id: UInt32) {
    guard streams[id]?.outgoing?.maySend == true else { return }
    if !sendTurns.contains(id) { sendTurns.append(id) }
  }

  private mutating func endIfSent(_ id: UInt32) {
    guard let outgoing = streams[id]?.outgoing, outgoing.isEnding, outgoing.messages.isEmpty else { return }
    streams[id]?.outgoing = nil
    act(.send(RPC.Frame(streamId: id, body: .data(RPC.Data(endStream: true)))))
  }
}
