internal import Glibc
internal import GuobanMessages
internal import GuobanModel

/// Speaks the reporter protocol for `reporter` until the host is done: what a module's `run` does.
///
/// - Returns: 0 when the conversation ended as it should. Anything else makes the host judge the reporter broken.
public func serve(_ reporter: some Reporter, in input: Int32, out output: Int32) -> Int32 {
  do {
    try Conversation(channel: MessageChannel(input: input, output: output), reporter: reporter).hold()
    return 0
  } catch {
    log("\(error)")
    return 1
  }
}

/// Writes a line to the reporter's log (stderr), which the operator sees.
public func log(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  // Safety: write(2) reads the array, which lives until the closure ends.
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, bytes.count) }
}

/// One run, in the order of Proto/guoban/reporter/v1/reporter.proto.
private struct Conversation<Author: Reporter> {
  let channel: MessageChannel
  let reporter: Author

  static var protocolMajor: UInt32 { 1 }

  func hold() throws {
    guard let first = try channel.receive() else { return }
    guard case .hello(let hello) = first else { throw ProtocolError("the first message is no Hello") }
    guard hello.protocolMajor == Self.protocolMajor else {
      throw ProtocolError("the host speaks protocol \(hello.protocolMajor), this reporter \(Self.protocolMajor)")
    }
    try channel.send(
      .hello(Reporting.Hello(protocolMajor: Self.protocolMajor, name: "\(Author.id)/\(Author.version)")))

    guard let second = try channel.receive() else { return }
    guard case .describe(let describe) = second else { throw ProtocolError("no Describe after Hello") }
    let finished = try answering {
      let queries = try reporter.describe(Parameters(describe.parameters))
      try channel.send(.description(Reporting.Description(queries: queries)))
      return false
    }
    if finished { return }

    guard let third = try channel.receive() else { return }
    guard case .run(let run) = third else { throw ProtocolError("no Run after Describe") }
    let frames = try receiveData()
    _ = try answering {
      let context = RunContext(
        parameters: Parameters(run.parameters), today: try CivilDate(run.today), revision: run.revision,
        requestID: run.requestId, traceParent: run.traceParent, frames: frames, fetchMore: fetch)
      let report = try reporter.run(context)
      try channel.send(.result(report))
      try channel.send(.done(Reporting.Done()))
      return true
    }
  }

  /// Turns what is the clerk's business into a Failure, which ends the run. Everything else is thrown on.
  private func answering(_ body: () throws -> Bool) throws -> Bool {
    let failure: ReportFailure
    do {
      return try body()
    } catch let error as ReportFailure {
      failure = error
    } catch let error as RuleViolation {
      failure = ReportFailure(error)
    }
    try channel.send(.failure(Reporting.Failure(reason: failure.reason, message: failure.message)))
    try channel.send(.done(Reporting.Done()))
    return true
  }

  private func fetch(_ queries: [DataQuery]) throws -> [String: DataFrame] {
    try channel.send(.description(Reporting.Description(queries: queries)))
    return try receiveData()
  }

  private func receiveData() throws -> [String: DataFrame] {
    var frames: [String: DataFrame] = [:]
    while let message = try channel.receive() {
      switch message {
      case .columns(let batch):
        try frames[batch.query, default: DataFrame(name: batch.query)].append(batch)
      case .dataEnd:
        return frames
      default:
        throw ProtocolError("something else than Columns or DataEnd")
      }
    }
    throw ProtocolError("the host went away before DataEnd")
  }
}
