import GuobanMessages
import GuobanWire
import Testing

@testable import GuobanClient

@Suite struct RetryTests {
  private struct Case: Sendable {
    var code: Status.Code
    var isNotRun = false
    var retryAfter: Duration?
    var retry = Retry.whenSafe
    var isSafeTwice = false
    var attempt = 1
    var isRetried: Bool
  }

  private static let table: [Case] = [
    Case(code: .unavailable, isRetried: false),
    Case(code: .unavailable, isSafeTwice: true, isRetried: true),
    Case(code: .unavailable, isNotRun: true, isRetried: true),
    Case(code: .unavailable, isNotRun: true, retry: .never, isRetried: false),
    Case(code: .unavailable, isSafeTwice: true, attempt: 4, isRetried: true),
    Case(code: .unavailable, isSafeTwice: true, attempt: 5, isRetried: false),
    Case(code: .resourceExhausted, isSafeTwice: true, isRetried: false),
    Case(code: .resourceExhausted, retryAfter: .milliseconds(10), isSafeTwice: true, isRetried: true),
    Case(code: .resourceExhausted, retryAfter: .milliseconds(10), isRetried: false),
    Case(code: .resourceExhausted, isNotRun: true, isRetried: true),
    Case(code: .unavailable, retryAfter: .seconds(10), isSafeTwice: true, isRetried: false),
    Case(code: .internalError, isSafeTwice: true, isRetried: false),
    Case(code: .deadlineExceeded, isSafeTwice: true, isRetried: false),
    Case(code: .aborted, isSafeTwice: true, isRetried: false),
    Case(code: .unauthenticated, isSafeTwice: true, isRetried: false),
  ]

  @Test func onlyWhatIsSafeAndMayPassIsTriedAgain() {
    for row in Self.table {
      let decision = RetryDecision(
        configuration: ClientConfiguration(), attempt: row.attempt,
        failure: CallFailure(status: Status(row.code, english: ""), isNotRun: row.isNotRun, retryAfter: row.retryAfter),
        retry: row.retry, isSafeTwice: row.isSafeTwice, timeLeft: .seconds(5))
      #expect((decision.delay(random: 1) != nil) == row.isRetried, "\(row)")
    }
  }

  @Test func aRetryNeverGoesPastTheDeadlineAndWaitsAtLeastTheHint() {
    var decision = RetryDecision(
      configuration: ClientConfiguration(), attempt: 2,
      failure: CallFailure(status: Status(.unavailable, english: ""), retryAfter: .milliseconds(300)),
      retry: .idempotent,
      isSafeTwice: true, timeLeft: .milliseconds(301))
    #expect(decision.delay(random: 0) == .milliseconds(300))
    decision.timeLeft = .milliseconds(300)
    #expect(decision.delay(random: 0) == nil)
  }

  @Test func whatWasSentOnGoesAtOnceButOnlyTheFirstTime() {
    var decision = RetryDecision(
      configuration: ClientConfiguration(), attempt: 1,
      failure: CallFailure(status: Status(.unavailable, english: ""), isNotRun: true), retry: .whenSafe,
      isSafeTwice: false,
      timeLeft: .seconds(1))
    #expect(decision.delay(random: 1) == .zero)
    decision.attempt = 2
    #expect(decision.delay(random: 1) == .milliseconds(100))
  }

  @Test func waitsDoubleUpToTheBoundAndAreSpread() {
    let backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
    let most = (1...6).map { backoff.delay(failures: $0, random: 1) }
    #expect(
      most == [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1),
      ])
    #expect(backoff.delay(failures: 2, random: 0) == .milliseconds(100))
    #expect(backoff.delay(failures: .max, random: 7) == .seconds(1))
    #expect(backoff.delay(failures: 0, random: -1) == .milliseconds(50))
  }

  @Test func theBudgetStopsAtHalfAndComesBackWithSuccesses() {
    var configuration = ClientConfiguration()
    configuration.retryTokensMax = 4
    configuration.retryTokensPerSuccess = 0.5
    var budget = RetryBudget(configuration)
    #expect(budget.take() && budget.take() && !budget.take())
    budget.succeeded()
    #expect(budget.take() && !budget.take())
    for _ in 0..<100 { budget.succeeded() }
    #expect(budget.take() && budget.take() && !budget.take())
  }

  @Test(arguments: [
    ("/guoban.v1.PassService/GetPass", true), ("/guoban.v1.PassService/VerifyPass", true),
    ("/grpc.health.v1.Health/Check", true), ("/guoban.v1.ProjectService/BatchGetProjects", true),
    ("/guoban.v1.PassService/IssuePass", false), ("/x/Getaway", false), ("/x/Listen", false),
    ("/guoban.v1.ImportService/CommitImport", false), ("", false), ("/List/Delete", false),
  ])
  func theVerbSaysWhetherAMethodOnlyReads(method: String, onlyReads: Bool) {
    #expect(Retry.onlyReads(method) == onlyReads)
    #expect(Retry.whenSafe.allowsTwice(method: method) { false } == onlyReads)
    #expect(Retry.whenSafe.allowsTwice(method: method) { true })
    #expect(Retry.idempotent.allowsTwice(method: method) { false })
    #expect(!Retry.never.allowsTwice(method: method) { true })
  }

  @Test func aRequestIDIsFoundOnlyWhenItIsThere() {
    #expect(Ledger.BatchUpsertProjectsRequest(projects: [Ledger.Project(code: "a")], requestId: "r").hasRequestID)
    #expect(!Ledger.BatchUpsertProjectsRequest(projects: [Ledger.Project(code: "a")], requestId: "").hasRequestID)
    #expect(!Health.HealthCheckRequest(service: "request_id").hasRequestID)
    // Field 3: behind a varint, a fixed64 and a fixed32 of other fields, then cut short.
    let packed: [UInt8] = [8, 0x96, 1, 17, 1, 2, 3, 4, 5, 6, 7, 8, 37, 1, 2, 3, 4, 26, 1, 65]
    #expect(packed.holdsBytes(inField: 3))
    for length in 0..<packed.count - 1 { #expect(!Array(packed[..<length]).holdsBytes(inField: 3) || length == 19) }
    #expect(![26, 0].holdsBytes(inField: 3))
    #expect(![UInt8](repeating: 255, count: 20).holdsBytes(inField: 3))
  }
}
