internal import Glibc
internal import Synchronization

/// A row of numbers that many threads add to and that is read now and then.
///
/// Each thread adds in one of a few copies ("stripes"), chosen by the thread, so that two event loops seldom pull the
/// same cache line back and forth; a reader sums the copies. One addition is one relaxed atomic instruction.
final class StripedCells: Sendable {
  /// How many numbers there are.
  let count: Int
  private let stride: Int
  // Safety: allocated and initialised in init, freed in deinit, never moved; the cells themselves are atomic.
  nonisolated(unsafe) private let cells: UnsafeMutablePointer<Atomic<UInt64>>

  private static let stripes = 8
  /// Cells of two cache lines, which processors fetch in pairs.
  private static let lineCells = 16

  /// All zero.
  init(count: Int) {
    self.count = count
    stride = (count + Self.lineCells - 1) / Self.lineCells * Self.lineCells
    let all = stride * Self.stripes
    cells = .allocate(capacity: max(1, all))
    for index in 0..<all { (cells + index).initialize(to: Atomic(0)) }
  }

  deinit {
    cells.deinitialize(count: stride * Self.stripes)
    cells.deallocate()
  }

  /// Adds to one number; one that is not there is nobody's.
  func add(_ amount: UInt64, to index: Int) {
    guard index >= 0, index < count else { return }
    cells[Self.stripe * stride + index].wrappingAdd(amount, ordering: .relaxed)
  }

  /// What was added to a number so far.
  func sum(_ index: Int) -> UInt64 {
    precondition(index >= 0 && index < count, "no such cell")
    return (0..<Self.stripes).reduce(0) { $0 &+ cells[$1 * stride + index].load(ordering: .relaxed) }
  }

  /// Thread descriptors lie a stack apart, so their low bits are alike: multiplying spreads them (Fibonacci hashing).
  private static var stripe: Int {
    let spread = UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15
    return Int(spread >> 61)
  }
}
