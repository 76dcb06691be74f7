import GuobanMessages
import GuobanTestSupport
import Testing

@testable import GuobanServer

struct OutboundSchedulerTests {
  @Test func everyFrameComesOnceInItsStreamsOrder() {
    var random = SeededGenerator("OutboundSchedulerTests.order")
    for _ in 0..<40 {
      var scheduler = OutboundScheduler(quantumBytes: Int.random(in: 1...200, using: &random))
      var waiting: [UInt32: [UInt32]] = [:]
      var waitingBytes = 0
      var number: UInt32 = 0
      for _ in 0..<300 {
        if Int.random(in: 0..<5, using: &random) < 3 {
          number += 1
          let item = item(
            stream: UInt32.random(in: 0...6, using: &random), number, bytes: Int.random(in: 1...500, using: &random))
          waiting[item.frame.streamId, default: []].append(number)
          waitingBytes += item.bytes
          scheduler.enqueue(item)
        } else if let next = scheduler.next() {
          let stream = next.frame.streamId
          #expect(stream == 0 || waiting[0, default: []].isEmpty, "the connection's own frames go first")
          #expect(waiting[stream]?.removeFirst() == self.number(of: next))
          waitingBytes -= next.bytes
        } else {
          #expect(waitingBytes == 0)
        }
        #expect(scheduler.queuedBytes == waitingBytes && scheduler.isEmpty == (waitingBytes == 0))
      }
      while let next = scheduler.next() {
        #expect(waiting[next.frame.streamId]?.removeFirst() == self.number(of: next))
      }
      #expect(waiting.values.allSatisfy(\.isEmpty) && scheduler.isEmpty)
    }
  }

  @Test func aSmallFrameOfAFreshStreamWaitsForOneMessageAtMost() {
    var random = SeededGenerator("OutboundSchedulerTests.fresh")
    for _ in 0..<50 {
      var scheduler = OutboundScheduler(quantumBytes: 100)
      let bulkCount = UInt32.random(in: 1...8, using: &random)
      func feed() {
        for stream in 1...bulkCount {
          scheduler.enqueue(item(stream: stream, 0, bytes: Int.random(in: 101...5000, using: &random)))
        }
      }
      for _ in 0..<Int.random(in: 1...5, using: &random) { feed() }
      for small in 100..<UInt32(140) {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          _ = scheduler.next()
          feed()
        }
        scheduler.enqueue(item(stream: small, 1, bytes: Int.random(in: 1...100, using: &random)))
        let next = [scheduler.next(), scheduler.next()].map { $0?.frame.streamId }
        #expect(next.contains(small), "with \(bulkCount) bulk streams")
      }
    }
  }

  @Test func bulkStreamsShareByBytesWhateverTheirMessagesLengths() {
    var random = SeededGenerator("OutboundSchedulerTests.share")
    for _ in 0..<20 {
      let quantum = Int.random(in: 50...500, using: &random)
      var scheduler = OutboundScheduler(quantumBytes: quantum)
      let sizes = (0..<4).map { _ in Int.random(in: 1...4000, using: &random) }
      var sent = [Int](repeating: 0, count: sizes.count)
      for (index, size) in sizes.enumerated() {
        for _ in 0..<3 { scheduler.enqueue(item(stream: UInt32(index + 1), 0, bytes: size)) }
      }
      var spreadMost = 0
      for _ in 0..<1000 {
        guard let next = scheduler.next() else { break }
        let index = Int(next.frame.streamId) - 1
        sent[index] += next.bytes
        scheduler.enqueue(item(stream: next.frame.streamId, 0, bytes: next.bytes))
        spreadMost = max(spreadMost, (sent.max() ?? 0) - (sent.min() ?? 0))
      }
      // One message, one quantum, and what a stream may send while it is fresh.
      #expect(spreadMost <= (sizes.max() ?? 0) + 3 * quantum, "\(sizes) with a quantum of \(quantum)")
    }
  }

  @Test func endlessFreshStreamsDoNotStarveTheOthers() {
    var scheduler = OutboundScheduler(quantumBytes: 100)
    for _ in 0..<100 { scheduler.enqueue(item(stream: 1, 0, bytes: 150)) }
    var bulk = 0
    for stream in 2..<UInt32(2002) {
      scheduler.enqueue(item(stream: stream, 1, bytes: 100))
      if scheduler.next()?.frame.streamId == 1 { bulk += 1 }
    }
    // One turn in 8 quanta, a quantum each.
    #expect(bulk >= 90, "\(bulk) of 100 bulk messages went out beside 2000 small ones")
  }

  @Test func droppedDataIsForgottenAndTheReplyStays() {
    var scheduler = OutboundScheduler(quantumBytes: 100)
    for stream in [1, 2] as [UInt32] {
      for _ in 0..<3 { scheduler.enqueue(item(stream: stream, 0, bytes: 50)) }
    }
    scheduler.enqueue(
      OutboundScheduler.Item(frame: RPC.Frame(streamId: 1, body: .reply(RPC.Reply())), bytes: 10, dataBytes: 0))
    let dropped = scheduler.dropData(1)
    #expect(dropped == 150 && scheduler.queuedBytes == 160)
    var kinds: [UInt32] = []
    while let next = scheduler.next() { kinds.append(next.frame.streamId) }
    #expect(kinds.sorted() == [1, 2, 2, 2])
    scheduler.enqueue(item(stream: 0, 0, bytes: 5))
    scheduler.removeAll()
    let next = scheduler.next()
    #expect(next == nil && scheduler.isEmpty)
  }

  private func item(stream: UInt32, _ number: UInt32, bytes: Int) -> OutboundScheduler.Item {
    let body: RPC.Frame.Body =
      stream == 0
      ? .credit(RPC.Credit(bytes: number))
      : .data(RPC.Data(message: withUnsafeBytes(of: number) { Array($0) }))
    return OutboundScheduler.Item(
      frame: RPC.Frame(streamId: stream, body: body), bytes: bytes, dataBytes: stream == 0 ? 0 : bytes)
  }

  private func number(of item: OutboundScheduler.Item) -> UInt32? {
    switch item.frame.body {
    case .credit(let credit): credit.bytes
    case .data(let data): data.message.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    default: nil
    }
  }
}
