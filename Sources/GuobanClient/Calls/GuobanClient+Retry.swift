internal import GuobanMessages
internal import GuobanWire

extension GuobanClient {
  /// Tries a call until it is answered or may not be tried again.
  func call(_ request: CallRequest, retry: Retry, hasRequestID: () -> Bool) async throws(Status) -> [UInt8] {
    var attempt = 1
    while true {
      let failure: CallFailure
      switch await callOnce(request) {
      case .success(let answer): return answer
      case .failure(let reason): failure = reason
      }
      let decision = RetryDecision(
        configuration: configuration, attempt: attempt, failure: failure, retry: retry,
        isSafeTwice: retry.allowsTwice(method: request.method, hasRequestID: hasRequestID),
        timeLeft: request.deadline - environment.now())
      guard let delay = decision.delay(random: environment.random()), pool.takeRetry() else { throw failure.status }
      do { try await environment.sleep(delay) } catch { throw .cancelledByCaller }
      attempt += 1
    }
  }

  private func callOnce(_ request: CallRequest) async -> CallEnding {
    let lease: ConnectionPool.Lease
    switch await pool.lease(deadline: request.deadline) {
    case .success(let lent): lease = lent
    case .failure(let failure): return .failure(failure)
    }
    let ending: CallEnding
    do throws(Status) {
      let frame = try request.frame(lease.connection.terms, now: environment.now())
      let deadline = request.deadline + configuration.deadlineGrace
      ending = await lease.connection.connection.call(frame, deadline: deadline)
    } catch {
      ending = .failure(CallFailure(status: error))
    }
    pool.release(lease, ending)
    return ending
  }
}
