import Foundation
import Glibc
import GuobanMessages
import ReporterHost
import Testing

/// What a broken or hostile module can do to its host: nothing. Each deed is really tried in the real sandbox.
@Suite struct SandboxTests {
  @Test(arguments: [
    "open_file", "write_file", "socket", "unix_socket", "spawn", "exec", "kill_parent", "raise_limit", "new_code",
    "gigabyte",
  ])
  func isRefused(deed: String) throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let outcome = try workshop.run("misbehaving", ["deed": deed, "parent": "\(getpid())"])
    guard case .result(let result) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(result.title.hasPrefix("refused: \(deed)"))
    #expect(!FileManager.default.fileExists(atPath: "/tmp/guoban-escape"))
  }

  @Test(arguments: [
    ("fatal_error", Breakage.Code.crashed), ("segfault", .crashed), ("loop", .cpuTimeExceeded), ("sleep", .timedOut),
    ("allocate", .memoryExceeded), ("huge_text", .resultInvalid), ("bad_table", .resultInvalid),
    ("no_title", .resultInvalid), ("exit", .exited), ("unlisted_source", .queryRefused),
    ("unknown_column", .queryRefused), ("nonsense", .exited),
  ])
  func isJudged(deed: String, code: Breakage.Code) throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let outcome = try workshop.run("misbehaving", ["deed": deed])
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(breakage.code == code, "\(breakage) \(outcome.log)")
    #expect(breakage.isReportersFault)
    #expect(try leftovers(workshop).isEmpty)
  }

  @Test func allProtectionsOfThisKernelAreReported() throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let outcome = try workshop.run("misbehaving", ["deed": "print"])
    guard case .result(let result) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(result.title == "done: print")
    // What it prints goes to the log and does not break the conversation.
    #expect(outcome.log.contains("a stray line on standard output"))
    #expect(outcome.peakMemoryKiB > 0)
  }

  @Test func aFailureForTheClerkIsNotTheReportersFault() throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let outcome = try workshop.run("misbehaving", ["deed": "cannot"])
    guard case .failure(let failure) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(failure.reason == "NOT_TODAY")
    #expect(failure.message == "今天不行，请明天再试")
  }

  @Test func aCancelledRunEndsAtOnceAndIsNobodysFault() throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let start = ContinuousClock.now
    let outcome = try workshop.run(
      "misbehaving", ["deed": "sleep"], isCancelled: { ContinuousClock.now - start > .milliseconds(300) })
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(breakage.code == .cancelled)
    #expect(!breakage.isReportersFault)
    #expect(outcome.elapsed < .seconds(3))
  }

  @Test(arguments: [
    ("while :; do echo xxxxxxxxxxxxxxxx; done", Breakage.Code.protocolViolated),
    ("exit 0", .protocolViolated), ("exit 5", .exited), ("printf '\\000\\000\\000\\001x'", .protocolViolated),
    ("printf '\\000\\000\\001\\000x'", .protocolViolated),
  ])
  func scriptsThatDoNotSpeakTheProtocolAreBroken(body: String, code: Breakage.Code) throws {
    let workshop = try Workshop()
    try workshop.install(script: "#!/bin/sh\n\(body)\n", id: "script")
    let outcome = try workshop.run("script")
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(breakage.code == code, "\(breakage) \(outcome.log)")
  }

  @Test func endlessOutputIsCutAtItsBound() throws {
    let workshop = try Workshop { $0.outputBytesMax = 1 << 20 }
    // A frame that claims a megabyte, and more than that behind it.
    try workshop.install(
      script:
        "#!/usr/bin/python3\nimport os\nos.write(1, (1 << 20).to_bytes(4, 'big'))\nwhile True: os.write(1, b'x' * 65536)\n",
      id: "flood")
    let outcome = try workshop.run("flood")
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect([.outputTooLarge, .protocolViolated].contains(breakage.code), "\(breakage) \(outcome.log)")
  }

  @Test func aFloodedLogKeepsItsEnd() throws {
    let workshop = try Workshop { $0.logBytesMax = 4_096 }
    try workshop.install(
      script:
        "#!/usr/bin/python3\nimport sys\nfor i in range(200000): print('line', i, file=sys.stderr)\nsys.exit(9)\n",
      id: "chatty")
    let outcome = try workshop.run("chatty")
    #expect(outcome.log.utf8.count <= 4_096)
    #expect(outcome.log.contains("line 199999"))
  }

  @Test func whatIsNoModuleCannotBeLoaded() throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    try workshop.write("reporters/MisbehavingReporter/libMisbehavingReporter.so", "not a library")
    let outcome = try workshop.run("misbehaving", ["deed": "print"])
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(breakage.code == .cannotLoad)
  }

  @Test func changedFilesAreNotRun() throws {
    let workshop = try Workshop()
    try workshop.install("MisbehavingReporter", from: "Tests")
    let approved = try workshop.catalog.package("misbehaving").digest
    try workshop.write("reporters/MisbehavingReporter/extra.txt", "one more file")
    let package = try workshop.catalog.package("misbehaving")
    #expect(package.digest != approved)
    #expect(throws: ReporterError.self) {
      try ReporterRunner(workshop.configuration).run(
        package, approvedDigest: approved, parameters: ["deed": "print"], today: "2023-11-21", source: NoData(),
        isCancelled: { false })
    }
  }

  private func leftovers(_ workshop: Workshop) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: workshop.configuration.runsFolder)
  }
}
