import Foundation
import GuobanWire
import Testing

@testable import GuobanServer

struct TurnAllowanceTests {
  /// Microseconds that a turn lasts, where the round has time enough.
  private func length(_ allowance: TurnAllowance) -> Int64 {
    let now = MonotonicTime.now()
    return allowance.end(from: now).nanoseconds(since: now) / 1000
  }

  @Test func turnsGrowForWhoIsDoneInTimeAndShrinkForWhoIsNot() {
    var allowance = TurnAllowance()
    #expect(length(allowance) == 30)
    for expected: Int64 in [60, 120, 200, 200] {
      allowance.turnSufficed(after: length(allowance) * 1000)
      #expect(length(allowance) == expected)
    }
    for expected: Int64 in [100, 50, 30, 30] {
      allowance.turnRanOut()
      #expect(length(allowance) == expected)
    }
  }

  @Test func turnsDoNotGrowForWhoHardlyUsesThem() {
    var allowance = TurnAllowance()
    for _ in 0..<10 { allowance.turnSufficed(after: 15_000) }
    #expect(length(allowance) == 30)
    allowance.turnSufficed(after: 15_001)
    #expect(length(allowance) == 60)
  }

  @Test func noTurnLastsLongerThanItsRound() {
    let now = MonotonicTime.now()
    let end = now + .microseconds(20)
    #expect(TurnAllowance().end(from: now, atMost: end) == end)
    #expect(TurnAllowance().end(from: now, atMost: now + .seconds(1)).nanoseconds(since: now) == 30_000)
  }
}

struct ProcessTests {
  @Test func theKernelTakesShortSlices() {
    #expect(ThreadSlices.takeShortest())
  }

  /// As `FDSize` in proc(5): how many files the table has room for.
  @Test func theTableOfOpenFilesIsLargeEnoughFromTheStart() throws {
    DescriptorTable.reserve(700)
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("FDSize:") })
    let size = try #require(Int(line.dropFirst("FDSize:".count).trimmingCharacters(in: .whitespaces)))
    #expect(size > 700)
  }
}
