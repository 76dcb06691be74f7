internal import Foundation

// libFuzzer brings its own main, and calls these two. The environment says which target: GUOBAN_FUZZ_TARGET, as libFuzzer
// starts this program again for some of its work.

/// Once, at the start. With GUOBAN_FUZZ_SEEDS the seeds are written into that folder, and that is all.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> Int32 {
  guard FuzzedTarget.isKnown else {
    FuzzedTarget.complain("GUOBAN_FUZZ_TARGET must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
  }
  if let folder = FuzzedTarget.environment["GUOBAN_FUZZ_SEEDS"] {
    for (name, bytes) in SeedWriter.seeds(of: FuzzedTarget.chosen) {
      do { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) } catch {
        FuzzedTarget.complain("\(folder): \(error)")
      }
    }
    exit(0)
  }
  return 0
}

/// For every input; -1 keeps it out of the corpus.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // Safety: libFuzzer gives `count` readable bytes, which are copied before anything else.
  let input = [UInt8](UnsafeBufferPointer(start: data, count: count))
  guard input.count <= FuzzedTarget.chosen.inputBytesMax else { return -1 }
  // A broken rule ends the process as a crash does, so that the fuzzer keeps the input.
  do { try FuzzedTarget.chosen.run(input) } catch { fatalError("broken rule: \(error)") }
  return 0
}

/// The one target of this process.
enum FuzzedTarget {
  static let environment = ProcessInfo.processInfo.environment
  private static let named = FuzzTarget.all.first { $0.name == environment["GUOBAN_FUZZ_TARGET"] }

  static var isKnown: Bool { named != nil }
  static let chosen = named ?? .frame

  static func complain(_ message: String) -> Never {
    FileHandle.standardError.write(Data("guoban-fuzz: \(message)\n".utf8))
    exit(2)
  }
}
