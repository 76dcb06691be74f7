import GuobanWire
import Testing

@testable import GuobanServer

@Test func creditIsSpentPerStreamAndPerConnectionAndForTheSocket() {
  var flow = FlowControl(.init(connectionCredit: 200, streamCredit: 60, queuedBytesMax: 200, smallBytesMax: 0))
  flow.open(1)
  flow.open(2)
  flow.open(3)
  let steps: [(stream: UInt32, bytes: Int, isTaken: Bool)] = [
    (1, 30, true), (1, 40, true),  // below zero by less than one message
    (1, 1, false),  // the stream has no credit, and more than its quarter of the queue
    (2, 50, true), (2, 1, false),  // its quarter of the queue
    (3, 49, true), (3, 1, false),  // a quarter of the connection's credit is kept for small messages
    (4, 1, false),  // no such stream
  ]
  for step in steps { #expect(flow.take(step.bytes, step.stream) == step.isTaken, "\(step)") }
  flow.dequeued(50, 2)
  let withoutCredit = flow.take(1, 2)
  #expect(!withoutCredit)
  flow.grant(120, 0)
  let withCredit = flow.take(10, 2)
  #expect(withCredit && flow.queuedBytes == 129)
}

@Test func aSmallMessageHasAPlaceBesideAnExport() {
  var flow = FlowControl(.init(connectionCredit: 100, streamCredit: 1000, queuedBytesMax: 40, smallBytesMax: 10))
  for stream in 1...3 as ClosedRange<UInt32> { flow.open(stream) }
  let steps: [(stream: UInt32, bytes: Int, isTaken: Bool)] = [
    (1, 40, true), (1, 40, false),  // the export has filled the queue
    (2, 10, true), (2, 10, false),  // one small message of a stream that has nothing else waiting
    (3, 11, false), (3, 10, true),  // but not a large one
  ]
  for step in steps { #expect(flow.take(step.bytes, step.stream) == step.isTaken, "\(step)") }
  flow.dequeued(10, 2)
  flow.dequeued(40, 1)
  let small = flow.take(10, 2)
  #expect(small)
  // 30 of 100 are left, one of them over the reserve of 25 does for one message more.
  let large = flow.take(40, 1)
  #expect(large && !flow.hasRoom(1))
  flow.dequeued(10, 2)
  let beyondAll = flow.take(1, 2)
  #expect(!beyondAll, "no credit at all is no credit for small messages either")
}

@Test func aPeerMayGoBelowZeroByLessThanOneMessageAndGetsCreditInHalves() {
  var window = ReceiveWindow(credit: 100)
  let atTheLimit = [window.receive(99), window.receive(50)]
  let past = window.receive(0)
  #expect(atTheLimit == [true, true] && !past && window.credit == -49)
  let steps = [(49, nil), (1, 50), (99, 99)] as [(Int, Int?)]
  for (bytes, credit) in steps { #expect(window.giveBack(bytes) == credit) }
  #expect(window.credit == 100)
}

@Test func creditCannotBeSavedUpWithoutEnd() {
  var flow = FlowControl(.init(connectionCredit: 1, streamCredit: 1, queuedBytesMax: .max, smallBytesMax: 0))
  flow.open(1)
  for _ in 0..<100 {
    flow.grant(Int(UInt32.max), 0)
    flow.grant(Int(UInt32.max), 1)
  }
  let isTaken = flow.take(FlowControl.creditBytesMax, 1)
  #expect(isTaken && !flow.hasRoom(1))
}

@Test func aBucketAllowsItsBurstAndThenItsRate() {
  var bucket = TokenBucket(capacity: 3, interval: .seconds(1), now: MonotonicTime(nanoseconds: 0))
  func allowed(atMilliseconds milliseconds: Int64) -> Bool {
    bucket.take(now: MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000))
  }
  let answers = [0, 0, 0, 0, 999, 1000, 1001, 2500, 3000, 100_000, 100_000, 100_000, 100_000].map(
    allowed(atMilliseconds:))
  #expect(answers == [true, true, true, false, false, true, false, true, true, true, true, true, false])
}
