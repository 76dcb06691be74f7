/// What libFuzzer's callback, a C function without a context, runs.
enum FuzzedTarget {
  // Safety: set once, before the fuzzer starts, and read by its one thread.
  nonisolated(unsafe) static var chosen: FuzzTarget?

  /// A broken rule ends the process as a crash does, so that the fuzzer keeps the input.
  static func run(_ input: [UInt8]) {
    do { try chosen?.run(input) } catch { fatalError("broken rule: \(error)") }
  }
}
