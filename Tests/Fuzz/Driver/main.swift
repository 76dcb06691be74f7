internal import CFuzzer
internal import Foundation

// guoban-fuzz TARGET --seeds FOLDER | guoban-fuzz TARGET [libFuzzer's options] CORPUS…
//
// libFuzzer starts this program again for some of its work, so the target's name is passed on in the environment.

private func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("guoban-fuzz: \(message)\n".utf8))
  exit(2)
}

private let nameVariable = "GUOBAN_FUZZ_TARGET"
private var arguments = CommandLine.arguments
private let known = FuzzTarget.all.map(\.name).joined(separator: ", ")
if arguments.count > 1, FuzzTarget.all.contains(where: { $0.name == arguments[1] }) {
  setenv(nameVariable, arguments.remove(at: 1), 1)
}
guard let name = ProcessInfo.processInfo.environment[nameVariable],
  let chosen = FuzzTarget.all.first(where: { $0.name == name })
else { fail("the first argument must be one of \(known)") }

if arguments.count == 3, arguments[1] == "--seeds" {
  for (name, bytes) in SeedWriter.seeds(of: chosen) {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(arguments[2])/\(name)"))
  }
  exit(0)
}

arguments.insert("-max_len=\(chosen.inputBytesMax)", at: 1)
FuzzedTarget.chosen = chosen
// Safety: the strings live as long as the process, and libFuzzer may change the array but not what it points to.
private var count = Int32(arguments.count)
private var words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
for (index, argument) in arguments.enumerated() { words[index] = strdup(argument) }
words[arguments.count] = nil
private var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words
exit(
  LLVMFuzzerRunDriver(&count, &list) { data, size in
    FuzzedTarget.run([UInt8](UnsafeBufferPointer(start: data, count: size)))
    return 0
  })
