internal import GuobanMessages
internal import GuobanWire

/// What becomes of calls that have started: their handlers answer, or the daemon ends them.
extension ConnectionStateMachine {
  /// A handler is done with its call; its slot is free.
  mutating func finished(_ id: UInt32, _ outcome: CallOutcome) -> ConnectionAction {
    guard let stream = streams.removeValue(forKey: id), phase != .closed, !stream.isAnswered else { return .none }
    if stream.isCancelled { return reply(id, Status(.cancelled, "客户端取消了调用", "the client cancelled the call")) }
    switch outcome {
    case .success(let message) where message.count <= configuration.messageBytesMax:
      return .send(RPC.Frame(streamId: id, body: .reply(RPC.Reply(message: message))))
    case .success(let message):
      return reply(id, .tooLong(bytes: message.count, bytesMax: configuration.messageBytesMax))
    case .failure(let status):
      return reply(id, status)
    }
  }

  /// A handler sends one more message. What is sent earns the peer the Credit that it answers with.
  mutating func data(_ id: UInt32, _ message: [UInt8]) -> ConnectionAction {
    guard phase != .closed, let stream = streams[id], !stream.isAnswered, !stream.isCancelled else { return .none }
    earnedCredits += 1
    return .send(RPC.Frame(streamId: id, body: .data(RPC.Data(message: message))))
  }

  /// A handler has consumed one message of its client's.
  mutating func consumed(_ id: UInt32, bytes: Int) -> ConnectionAction {
    guard phase != .closed, let stream = streams[id] else { return .none }
    streams[id]?.waitingMessages = max(0, stream.waitingMessages - 1)
    guard let credit = streams[id]?.window?.giveBack(bytes), !stream.isAnswered, !stream.isCancelled else {
      return .none
    }
    return .send(creditFrame(credit, id))
  }

  /// Ends a call that the daemon cannot go on with, although its handler is not done.
  mutating func end(_ id: UInt32, _ status: Status) -> ConnectionAction {
    guard phase != .closed, let stream = streams[id], !stream.isAnswered else { return .none }
    streams[id]?.answer = status.code
    return .end([id], status)
  }

  /// The daemon as a whole cannot take a call that was to start; its slot is free.
  mutating func refused(_ start: CallStart, _ status: Status) -> ConnectionAction {
    guard streams.removeValue(forKey: start.streamID) != nil, phase != .closed else { return .none }
    return .refuse(
      RefusedCall(
        streamID: start.streamID, method: start.method, metadata: start.metadata,
        requestBytes: start.message.count + (start.firstMessage?.count ?? 0), status: status))
  }
}
