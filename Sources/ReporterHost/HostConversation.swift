internal import GuobanMessages
internal import GuobanStorage

/// The host's side of one run, in the order of Proto/guoban/reporter/v1/reporter.proto.
struct HostConversation {
  let manifest: ReporterManifest
  let parameters: [String: String]
  let today: String
  let origin: RunOrigin
  let configuration: ReporterHostConfiguration

  static let protocolMajor: UInt32 = 1

  /// - Throws: ``Breakage`` for what the reporter does wrong, with `.exited` when its output ended; and what storage
  ///   throws.
  func hold(
    with process: SandboxedProcess, source: any ReporterDataSource
  ) throws -> RunOutcome.Verdict {
    try process.send(.hello(Reporting.Hello(protocolMajor: Self.protocolMajor, name: "guoband")))
    guard case .hello(let hello) = try next(process) else { throw unexpected("Hello") }
    let name = "\(manifest.id)/\(manifest.version)"
    guard hello.protocolMajor == Self.protocolMajor, hello.name == name else {
      throw Breakage(
        .protocolViolated,
        "自称 \(hello.name.prefix(100))（协议 \(hello.protocolMajor)），而 reporter.yaml 说是 \(name)（协议 \(Self.protocolMajor)）",
        "it calls itself \(hello.name.prefix(100)) (protocol \(hello.protocolMajor)), and reporter.yaml calls it \(name) (protocol \(Self.protocolMajor))"
      )
    }

    try process.send(.describe(Reporting.Describe(parameters: parameters)))
    var rounds = 0
    var queries = 0
    while true {
      switch try next(process) {
      case .description(let description):
        rounds += 1
        queries += description.queries.count
        guard rounds <= configuration.queryRoundsMax, queries <= configuration.queriesMax else {
          throw Breakage(
            .queryRefused, "查询超过 \(configuration.queriesMax) 个或 \(configuration.queryRoundsMax) 轮",
            "more than \(configuration.queriesMax) queries or \(configuration.queryRoundsMax) rounds of them")
        }
        if rounds == 1 {
          let run = Reporting.Run(
            parameters: parameters, today: today, revision: source.revision,
            requestId: origin.requestID, traceParent: origin.traceParent)
          try process.send(.run(run))
        }
        if let failure = try answer(description.queries, process, source) { return .failure(failure) }
        try process.send(.dataEnd(Reporting.DataEnd()))
      case .result(let result):
        guard rounds > 0 else { throw unexpected("Description") }
        if let problem = ResultCheck(limits: configuration.resultLimits).problem(of: result) {
          throw Breakage(.resultInvalid, "给出的报表不合规：\(problem)", "its report breaks a rule: \(problem)")
        }
        guard case .done = try next(process) else { throw unexpected("Done") }
        return .result(result)
      case .failure(let failure):
        guard isUsable(failure) else {
          throw Breakage(.resultInvalid, "给出的失败说明为空或过长", "its failure says nothing, or too much")
        }
        guard case .done = try next(process) else { throw unexpected("Done") }
        return .failure(failure)
      case .hello, .done:
        throw unexpected("Description, Result or Failure")
      }
    }
  }

  /// Sends the answers; a failure for the clerk when there is too much data.
  private func answer(
    _ queries: [Reporting.DataQuery], _ process: SandboxedProcess, _ source: any ReporterDataSource
  ) throws -> Reporting.Failure? {
    let rowsMax = min(manifest.limits.rows ?? .max, configuration.dataRowsMax)
    for query in queries {
      guard manifest.sources.contains(query.source) else {
        throw Breakage(
          .queryRefused, "查询 \(query.source.prefix(64))，而 reporter.yaml 的 data 里没有它",
          "it queries \(query.source.prefix(64)), which is not among data in reporter.yaml")
      }
      do {
        let rows = try source.rows(of: query, rowsMax: rowsMax)
        for batch in ColumnBatches(query: query.name, rows: rows, batchRowsMax: configuration.batchRowsMax) {
          try process.send(.columns(batch))
        }
      } catch ReporterDataError.invalidQuery(let problem, let englishProblem) {
        throw Breakage(
          .queryRefused, "查询 \(query.name.prefix(64)) 不对：\(problem)",
          "the query \(query.name.prefix(64)) is wrong: \(englishProblem)")
      } catch ReporterDataError.tooManyRows(let max) {
        return Reporting.Failure(reason: "TOO_MUCH_DATA", message: "数据超过 \(max) 行，请缩小范围，例如指定地区或层级")
      } catch ReporterDataError.unavailable(let error) {
        throw error
      }
    }
    return nil
  }

  /// The next message. The end of its output without an answer is judged by how the process ended.
  private func next(_ process: SandboxedProcess) throws(Breakage) -> Reporting.ReporterMessage.Body {
    guard let message = try process.receive() else {
      throw Breakage(.exited, "没有给出结果就结束了", "it ended without a result")
    }
    return message
  }

  private func unexpected(_ expected: String) -> Breakage {
    Breakage(.protocolViolated, "不符合协议：应发 \(expected)", "it breaks the protocol: it must send \(expected)")
  }

  private func isUsable(_ failure: Reporting.Failure) -> Bool {
    let bytesMax = configuration.resultLimits.textBytesMax
    return !failure.message.isEmpty && failure.message.utf8.count <= bytesMax && failure.reason.utf8.count <= 64
  }
}
