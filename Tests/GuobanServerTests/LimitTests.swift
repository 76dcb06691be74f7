import Dispatch
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Synchronization
import Testing

@testable import GuobanServer

private func at(_ milliseconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000) }

/// Every limit of the daemon as a whole, at the limit and one past it.
struct LimitTests {
  @Test func callsAndTheirBytesAreCapped() {
    let meter = LoadMeter(callsMax: 3, bytesMax: 100)
    #expect((0..<3).map { _ in meter.begin(10)?.code } == [nil, nil, nil])
    #expect(meter.begin(0)?.reason(limits: .standard) == "CALLS_MAX")
    #expect(meter.running == (3, 30))
    meter.end(10)
    #expect(meter.begin(81)?.reason(limits: .standard) == "REQUEST_BYTES_MAX")
    #expect(meter.begin(80) == nil && meter.running == (3, 100))
    #expect(meter.hold(1)?.code == .resourceExhausted)
    meter.end(80)
    #expect(meter.hold(80) == nil && meter.running == (2, 100))
    meter.release(80)
    for _ in 0..<2 { meter.end(10) }
    #expect(meter.running == (0, 0))
    #expect((meter.begin(101)?.retryDelay(limits: .standard) ?? .zero) > .zero)
  }

  @Test func aFullQueueOfWritesSaysWhenToComeAgain() {
    let status = StorageError(.overloaded, "full").status
    #expect(status.code == .resourceExhausted && (status.retryDelay(limits: .standard) ?? .zero) > .zero)
  }

  @Test func theCapHoldsWhateverManyThreadsDo() {
    let meter = LoadMeter(callsMax: 10, bytesMax: 1 << 30)
    let running = Atomic(0)
    let most = Atomic(0)
    let admitted = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<5000 where meter.begin(100) == nil {
        most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        admitted.add(1, ordering: .relaxed)
        running.subtract(1, ordering: .relaxed)
        meter.end(100)
      }
    }
    #expect(most.load(ordering: .relaxed) <= 10 && admitted.load(ordering: .relaxed) > 0)
    #expect(meter.running == (0, 0))
  }

  @Test func aPrincipalHasItsBurstAndThenItsRate() {
    let rate = RequestRate(perSecond: 10, burst: 3)
    #expect((0..<3).map { _ in rate.take(now: at(1000)) } == [nil, nil, nil])
    #expect(rate.take(now: at(1000)) == .milliseconds(100))
    #expect(rate.take(now: at(1099)) == .milliseconds(1))
    #expect(rate.take(now: at(1100)) == nil && rate.take(now: at(1100)) != nil)
    #expect(!rate.isFull(now: at(1399)) && rate.isFull(now: at(1400)))
    #expect((0..<4).map { _ in rate.take(now: at(60_000)) == nil } == [true, true, true, false])
  }

  @Test func connectionsOfOnePrincipalShareItsRateAndOthersHaveTheirOwn() {
    let rates = RequestRates(perSecond: 1, burst: 1)
    #expect(rates.rate(of: "a", now: at(0)).take(now: at(0)) == nil)
    #expect(rates.rate(of: "a", now: at(0)).take(now: at(0)) == .seconds(1))
    #expect(rates.rate(of: "b", now: at(0)).take(now: at(0)) == nil)
    // Many that come and go do not make it forget whom it is holding back.
    for index in 0..<5000 { _ = rates.rate(of: "other \(index)", now: at(500)) }
    #expect(rates.rate(of: "a", now: at(500)).take(now: at(500)) != nil)
  }

  @Test func aRateIsKeptAcrossThreads() {
    let rate = RequestRate(perSecond: 1, burst: 1000)
    let taken = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<1000 where rate.take(now: at(5000)) == nil { taken.add(1, ordering: .relaxed) }
    }
    #expect(taken.load(ordering: .relaxed) == 1000)
  }

  @Test func connectionsAreCountedInAllPerAddressAndBeforeHello() {
    var census = ConnectionCensus<Int>(
      .init(connectionsMax: 6, localReserve: 1, perAddressMax: 3, greetingsMax: 2, refusalsMax: 2))
    func add(_ id: Int, _ address: String?, greets: Bool = true) -> ConnectionCensus<Int>.Admission {
      let admission = census.add(id, address: address)
      if greets { census.greeted(id) }
      return admission
    }
    #expect((1...3).map { add($0, "a") } == [.welcome(evicted: nil), .welcome(evicted: nil), .welcome(evicted: nil)])
    #expect(add(4, "a") == .fullForAddress && add(5, nil) == .welcome(evicted: nil))
    census.remove(1)
    #expect(add(6, "a") == .welcome(evicted: nil), "a place of the address is free again")
    #expect(add(7, "b") == .welcome(evicted: nil) && add(8, "c") == .welcome(evicted: nil) && census.count == 6)
    #expect(add(9, "d") == .full)
    #expect(add(10, "d") == .overfull, "4 and 9 are still being told")
    #expect(add(12, nil) == .welcome(evicted: nil) && add(13, nil) == .overfull, "one place more on the Unix socket")
    census.remove(9)
    #expect(add(11, "d") == .full)
  }

  @Test func whoeverSaysNothingForLongestMakesRoom() {
    var census = ConnectionCensus<Int>(
      .init(connectionsMax: 100, localReserve: 0, perAddressMax: 100, greetingsMax: 3, refusalsMax: 1))
    for id in 1...3 { #expect(census.add(id, address: "a") == .welcome(evicted: nil)) }
    census.greeted(1)
    #expect(census.add(4, address: "a") == .welcome(evicted: nil), "1 has greeted, so 3 are silent")
    #expect(census.add(5, address: "a") == .welcome(evicted: .init(id: 2, isTold: true)))
    #expect(census.add(6, address: "a") == .welcome(evicted: .init(id: 3, isTold: false)), "nobody more can be told")
    #expect(census.count == 4)
    for id in 1...6 { census.remove(id) }
    #expect(census.count == 0)
  }

  @Test func theCensusNeverExceedsItsLimits() {
    var random = SeededGenerator("LimitTests.census")
    let limits = ConnectionCensus<Int>.Limits(
      connectionsMax: 20, localReserve: 0, perAddressMax: 6, greetingsMax: 5, refusalsMax: 4)
    var census = ConnectionCensus<Int>(limits)
    var served: [Int: Int] = [:]
    var silent: Set<Int> = []
    var leaving: Set<Int> = []
    for id in 0..<5000 {
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let address = Int.random(in: 0..<6, using: &random)
        switch census.add(id, address: "\(address)") {
        case .welcome(let evicted):
          if let evicted {
            #expect(silent.min() == evicted.id)
            silent.remove(evicted.id)
            served[evicted.id] = nil
            if evicted.isTold { leaving.insert(evicted.id) }
          }
          served[id] = address
          silent.insert(id)
        case .full, .fullForAddress: leaving.insert(id)
        case .overfull: #expect(leaving.count == limits.refusalsMax)
        }
      case 1:
        guard let id = silent.randomElement(using: &random) else { continue }
        silent.remove(id)
        census.greeted(id)
      default:
        guard let id = (Array(served.keys).sorted() + leaving.sorted()).randomElement(using: &random) else { continue }
        served[id] = nil
        silent.remove(id)
        leaving.remove(id)
        census.remove(id)
      }
      let isWithin =
        census.count == served.count && served.count <= limits.connectionsMax && silent.count <= limits.greetingsMax
        && leaving.count <= limits.refusalsMax
        && (0..<6).allSatisfy { address in served.values.count { $0 == address } <= limits.perAddressMax }
      if !isWithin { Issue.record("over a limit after \(id) steps") }
    }
  }

  @Test(arguments: [
    ("10.1.2.3", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"),
    ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2/64"), ("2001:db8:1:2::9", "20:1:d:b8:0:1:0:2/64"),
    ("fe80::1%eth0", "fe:80:0:0:0:0:0:0/64"), ("nonsense", "nonsense"),
  ])
  func addressesOfOnePeerCountTogether(address: String, group: String) {
    #expect(NetworkAddress.group(address) == group)
  }

  @Test func aThreadIsCalledWhileThereIsOneAndStaysUntilNothingWaits() {
    var queue = WorkerQueue<Int>(.init(threads: 2, queueMax: 10, waitMax: nil))
    let now = MonotonicTime.now()
    let called = (1...4).map { work in
      _ = queue.add(work, now: now, deadline: now + .seconds(1))
      return queue.callThread()
    }
    #expect(called == [true, true, false, false])
    let taken = (1...4).map { _ in
      let work = queue.take(now: now)?.work
      queue.done(after: .zero)
      return work
    }
    #expect(taken == [1, 2, 3, 4])
    // One goes, and is called again for the next.
    let last = queue.take(now: now)
    #expect(last == nil)
    let calledAgain = [queue.callThread(), queue.callThread()]
    #expect(calledAgain == [true, false])
  }

  @Test func aQueueIsBoundedInLengthAndInTime() {
    var queue = WorkerQueue<Int>(.init(threads: 2, queueMax: 3, waitMax: .milliseconds(100)))
    let late = at(1_000_000)
    // Two for the threads and three that wait.
    #expect((0..<5).map { queue.add($0, now: at(0), deadline: late) } == [nil, nil, nil, nil, nil])
    #expect(queue.add(5, now: at(0), deadline: late) == .full)
    let first = queue.take(now: at(0))
    let second = queue.take(now: at(0))
    #expect(first?.work == 0 && second?.work == 1 && first?.refusal == nil && queue.waitingCount == 3)
    // The two take 800 ms each, so the next are reckoned with 100 ms and then nearly 190.
    queue.done(after: .milliseconds(800))
    let third = queue.take(now: at(99))
    #expect(third?.work == 2 && third?.refusal == nil)
    queue.done(after: .milliseconds(800))
    let fourth = queue.take(now: at(101))
    #expect(fourth?.work == 3 && fourth?.refusal == .slow(.milliseconds(101)), "it has waited for too long")
  }

  @Test func whoWouldWaitTooLongIsRefusedAtOnce() {
    var queue = WorkerQueue<Int>(.init(threads: 1, queueMax: 100, waitMax: .milliseconds(100)))
    func busy() {
      _ = queue.add(0, now: at(0), deadline: .distantFuture)
      _ = queue.take(now: at(0))
    }
    busy()
    queue.done(after: .milliseconds(400))
    busy()
    // Work takes 50 ms now: one may wait 50, the next 100, the third would have to wait 150.
    #expect(queue.add(1, now: at(0), deadline: at(49)) == .slow(.milliseconds(50)), "past its own deadline")
    #expect(queue.add(1, now: at(0), deadline: at(50)) == nil)
    #expect(queue.add(2, now: at(0), deadline: .distantFuture) == nil)
    #expect(queue.add(3, now: at(0), deadline: .distantFuture) == .slow(.milliseconds(150)))
    // When nothing moves, the first one's waiting says so.
    var stuck = WorkerQueue<Int>(.init(threads: 1, queueMax: 100, waitMax: .milliseconds(100)))
    for index in 0..<2 { #expect(stuck.add(index, now: at(0), deadline: .distantFuture) == nil) }
    _ = stuck.take(now: at(0))
    #expect(stuck.add(2, now: at(100), deadline: .distantFuture) == nil)
    #expect(stuck.add(3, now: at(101), deadline: .distantFuture) == .slow(.milliseconds(101)))
    // Jobs may wait for as long as their callers do.
    var jobs = WorkerQueue<Int>(.init(threads: 1, queueMax: 2, waitMax: nil))
    for index in 0..<2 { #expect(jobs.add(index, now: at(0), deadline: at(2_000_000)) == nil) }
    _ = jobs.take(now: at(0))
    #expect(
      jobs.add(2, now: at(1000), deadline: at(1999)) == .slow(.seconds(1)), "the first has waited a second already")
    let late = jobs.take(now: at(1_000_000))
    #expect(late?.work == 1 && late?.refusal == nil)
  }
}
