import GuobanWire
import Testing

@testable import GuobanClient

/// Which call gets which connection. Connections and waiters are names.
@Suite struct PoolStateTests {
  private static let now = MonotonicTime(nanoseconds: 1_000_000_000)

  private func pool(_ change: (inout ClientConfiguration) -> Void = { _ in }) -> PoolState<String, Int> {
    var configuration = ClientConfiguration()
    change(&configuration)
    return PoolState(configuration: configuration)
  }

  private func isWaiting(_ answer: PoolState<String, Int>.Answer, connects: Bool) -> Bool {
    if case .wait(_, let really) = answer { really == connects } else { false }
  }

  private func refusal(_ answer: PoolState<String, Int>.Answer) -> CallFailure? {
    if case .refuse(let failure) = answer { failure } else { nil }
  }

  @Test func theFirstCallConnectsAndTheOthersWaitForIt() {
    var pool = pool()
    #expect(pool.lease() == nil)
    #expect(isWaiting(pool.wait(1, now: Self.now), connects: true))
    #expect(isWaiting(pool.wait(2, now: Self.now), connects: false))
    let (slot, step) = pool.connected("a", streamsMax: 10, now: Self.now)
    #expect(slot != nil && step.lent.map(\.0) == [1, 2] && !step.connects)
    #expect(pool.lease()?.connection == "a")
  }

  @Test func anotherConnectionIsMadeWhenEveryStreamIsInUseUpToTheBound() {
    var pool = pool { $0.connectionsMax = 2 }
    _ = pool.wait(1, now: Self.now)
    _ = pool.connected("a", streamsMax: 1, now: Self.now)
    #expect(pool.lease() == nil)
    #expect(isWaiting(pool.wait(2, now: Self.now), connects: true))
    let (_, step) = pool.connected("b", streamsMax: 1, now: Self.now)
    #expect(step.lent.map(\.1.connection) == ["b"])
    #expect(isWaiting(pool.wait(3, now: Self.now), connects: false))
    let (_, lent) = (0, pool.released(step.lent[0].1, now: Self.now))
    #expect(lent.lent.map(\.0) == [3] && lent.lent.map(\.1.connection) == ["b"])
  }

  @Test func theLeastUsedConnectionIsTaken() {
    var pool = pool { $0.connectionsMax = 2 }
    _ = pool.wait(1, now: Self.now)
    let (_, first) = pool.connected("a", streamsMax: 2, now: Self.now)
    _ = pool.lease()
    _ = pool.wait(2, now: Self.now)
    _ = pool.connected("b", streamsMax: 2, now: Self.now)
    _ = pool.released(first.lent[0].1, now: Self.now)
    // One call runs on each.
    #expect(Set([pool.lease()?.connection, pool.lease()?.connection]) == ["a", "b"])
    #expect(pool.lease() == nil)
  }

  @Test func aFailureIsToldAtOnceAndTriedAgainAfterTheWait() throws {
    var pool = pool { $0.connectBackoff = Backoff(first: .milliseconds(100), longest: .seconds(1)) }
    _ = pool.wait(1, now: Self.now)
    let down = Status(.unavailable, english: "down")
    let step = pool.failed(down, random: 1, now: Self.now)
    #expect(
      step.refused.map(\.1)
        == [CallFailure(status: down, isNotRun: true, retryAfter: .milliseconds(100))])
    let soon = try #require(refusal(pool.wait(2, now: Self.now + .milliseconds(60))))
    #expect(soon.isNotRun && soon.retryAfter == .milliseconds(40))
    #expect(isWaiting(pool.wait(3, now: Self.now + .milliseconds(100)), connects: true))
    let again = pool.failed(down, random: 1, now: Self.now + .milliseconds(200))
    #expect(again.refused.first?.1.retryAfter == .milliseconds(200))
  }

  @Test func aFullDaemonsWordCountsMoreThanTheUsualWait() {
    var pool = pool { $0.connectBackoff = Backoff(first: .milliseconds(100), longest: .seconds(1)) }
    _ = pool.wait(1, now: Self.now)
    let full = Status(.resourceExhausted, english: "full").retry(after: .seconds(3))
    #expect(pool.failed(full, random: 1, now: Self.now).refused.first?.1.retryAfter == .seconds(3))
  }

  @Test func aConnectionThatLeftIsReplacedAndItsCallsCountNoMore() {
    var pool = pool { $0.connectionsMax = 1 }
    _ = pool.wait(1, now: Self.now)
    let (slot, first) = pool.connected("a", streamsMax: 1, now: Self.now)
    _ = pool.wait(2, now: Self.now)
    let left = pool.left(slot ?? 0, now: Self.now)
    #expect(left.connects && left.lent.isEmpty)
    let (_, second) = pool.connected("b", streamsMax: 1, now: Self.now)
    #expect(second.lent.map(\.1.connection) == ["b"])
    let late = pool.released(first.lent[0].1, now: Self.now)
    #expect(late.lent.isEmpty && pool.lease() == nil)
  }

  @Test func waitingIsBoundedAndCanBeGivenUp() throws {
    var pool = pool { $0.callsWaitingMax = 2 }
    guard case .wait(let id, _) = pool.wait(1, now: Self.now) else { return #expect(Bool(false)) }
    _ = pool.wait(2, now: Self.now)
    let refused = try #require(refusal(pool.wait(3, now: Self.now)))
    #expect(refused.status.code == .resourceExhausted && refused.isNotRun)
    #expect(pool.stopWaiting(id) == 1)
    #expect(pool.stopWaiting(id) == nil)
    #expect(isWaiting(pool.wait(4, now: Self.now), connects: false))
  }

  @Test func aClosedPoolRefusesAndKeepsNoConnection() {
    var pool = pool()
    _ = pool.wait(1, now: Self.now)
    let (_, step) = pool.connected("a", streamsMax: 1, now: Self.now)
    _ = pool.wait(2, now: Self.now)
    let (connections, last) = pool.close(Status(.unavailable, english: "shut down"))
    #expect(connections == ["a"] && last.refused.map(\.0) == [2])
    #expect(refusal(pool.wait(3, now: Self.now)) != nil && pool.lease() == nil)
    let (slot, late) = pool.connected("b", streamsMax: 1, now: Self.now)
    #expect(slot == nil && late.lent.isEmpty)
    #expect(!pool.released(step.lent[0].1, now: Self.now).connects)
  }
}
