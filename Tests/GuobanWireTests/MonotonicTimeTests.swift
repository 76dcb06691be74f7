import GuobanWire
import NIOCore
import Testing

@Test func monotonicTimeAddsAndSaturates() {
  let start = MonotonicTime(nanoseconds: 1_000_000_000)
  #expect((start + .milliseconds(1500)).nanoseconds == 2_500_000_000)
  #expect((start + .seconds(-5)).nanoseconds == 0)
  #expect(start + .seconds(Int64.max) == .distantFuture)
  #expect(MonotonicTime.distantFuture.advanced(byNanoseconds: .max) == .distantFuture)
  #expect(MonotonicTime.distantFuture + .nanoseconds(-1) < .distantFuture)
  #expect(start - (start + .seconds(1)) == .seconds(-1))
  #expect(MonotonicTime(nanoseconds: .max).nanoseconds(since: start) > 0)
}

@Test func monotonicTimeIsNIOsClock() {
  let before = NIODeadline.now()
  let now = MonotonicTime.now()
  #expect(before <= now.deadline && now.deadline <= NIODeadline.now())
  #expect(MonotonicTime(now.deadline) == now)
}

@Test func durationsBecomeWholeNumbersThatFit() {
  #expect(Duration.seconds(2).wholeNanoseconds == 2_000_000_000)
  #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
  #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
  #expect(Duration.milliseconds(1999).wholeMilliseconds == 1999)
  #expect(Duration.seconds(-1).wholeMilliseconds == 0)
  #expect(Duration.seconds(100_000_000).wholeMilliseconds == .max)
}
