internal import CReporter

/// The structure that a module's C entry function returns a pointer to. It lives as long as the process.
///
/// Keep it in a global constant and export one function:
///
///     private let module = ReporterModule { serve(MyReporter(), in: $0, out: $1) }
///     @c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
public struct ReporterModule: @unchecked Sendable {
  // Safety: the memory is written once, in init, never freed, and only read afterwards.

  /// What the entry function returns: `const guoban_reporter_module *`.
  public let pointer: UnsafeRawPointer

  /// - Parameter run: speaks the protocol on (in, out); 0 = ended as it should. It cannot capture anything.
  public init(run: @escaping @convention(c) (Int32, Int32) -> Int32) {
    let module = UnsafeMutablePointer<guoban_reporter_module>.allocate(capacity: 1)
    module.initialize(
      to: guoban_reporter_module(
        magic: GUOBAN_REPORTER_MAGIC, abi_version: GUOBAN_REPORTER_ABI_VERSION,
        size: UInt32(MemoryLayout<guoban_reporter_module>.size), reserved: 0, run: run))
    pointer = UnsafeRawPointer(module)
  }
}
