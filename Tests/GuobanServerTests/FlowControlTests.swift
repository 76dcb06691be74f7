import NIOCore
import Testing

@testable import GuobanServer

@Test func creditIsSpentPerStreamAndPerConnectionAndForTheSocket() {
  var flow = FlowControl(connectionCredit: 100, streamCredit: 60, queuedBytesMax: 90)
  flow.open(1)
  flow.open(2)
  let steps: [(stream: UInt32, bytes: Int, isTaken: Bool)] = [
    (1, 50, true), (1, 50, true),  // below zero by less than one message
    (1, 1, false),  // the stream has no credit
    (2, 1, false),  // the connection has none, and the socket's queue is full
    (3, 1, false),  // no such stream
  ]
  for step in steps { #expect(flow.take(step.bytes, step.stream) == step.isTaken) }
  flow.grant(1, 0)
  let stillQueued = flow.take(1, 2)
  #expect(!stillQueued)
  flow.written(100)
  let afterDrain = flow.take(1, 2)
  #expect(afterDrain && flow.queuedBytes == 1)
}

@Test func creditCannotBeSavedUpWithoutEnd() {
  var flow = FlowControl(connectionCredit: 1, streamCredit: 1, queuedBytesMax: .max)
  flow.open(1)
  for _ in 0..<100 {
    flow.grant(Int(UInt32.max), 0)
    flow.grant(Int(UInt32.max), 1)
  }
  let isTaken = flow.take(FlowControl.creditBytesMax, 1)
  #expect(isTaken && !flow.hasRoom(1))
}

@Test func aBucketAllowsItsBurstAndThenItsRate() {
  var bucket = TokenBucket(capacity: 3, interval: .seconds(1), now: .uptimeNanoseconds(0))
  func allowed(atMilliseconds milliseconds: Int64) -> Bool {
    bucket.take(now: .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000))
  }
  let answers = [0, 0, 0, 0, 999, 1000, 1001, 2500, 3000, 100_000, 100_000, 100_000, 100_000].map(
    allowed(atMilliseconds:))
  #expect(answers == [true, true, true, false, false, true, false, true, true, true, true, true, false])
}
