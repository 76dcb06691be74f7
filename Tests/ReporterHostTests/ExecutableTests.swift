import GuobanLedger
import GuobanMessages
import ReporterHost
import Testing

@Suite struct ExecutableTests {
  @Test func aReporterInPythonIsTheSameThing() throws {
    let workshop = try Workshop()
    try workshop.install(script: pythonReporter, id: "regions")
    let result = try workshop.report(
      "regions", [:], on: [Records.region("410926", "范县"), Records.region("410928", "濮阳县")])
    #expect(result.title == "地区一览")
    #expect(
      result.tables.first?.rows.map(\.cells) == [[.init(value: .text("410926"))], [.init(value: .text("410928"))]])
  }

  @Test func aReporterIsToldWhoseCallItRunsFor() throws {
    let workshop = try Workshop()
    let script = pythonReporter.replacing(
      "assert receive()[0] == RUN",
      with: """
        asked = dict(fields(receive()[1]))
        print("for", asked[4].decode(), asked[5].decode(), file=sys.stderr, flush=True)
        """)
    try workshop.install(script: script, id: "regions")
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let outcome = try workshop.run("regions", origin: RunOrigin(requestID: "12-7", traceParent: parent))
    #expect(outcome.log.contains("for 12-7 \(parent)"), "\(outcome.verdict) \(outcome.log)")
  }

  @Test(arguments: [
    ("open('/etc/passwd')", "PermissionError"), ("open('/tmp/guoban-escape', 'w')", "PermissionError"),
    ("import os; os.fork()", "PermissionError"), ("import socket; socket.socket()", "PermissionError"),
    ("import os; os.kill(os.getppid(), 0)", "PermissionError"),
    ("import os; os.kill(1, 0)", "PermissionError"), ("x = bytearray(1 << 30)", "MemoryError"),
    (
      "import ctypes; ctypes.CDLL(None).ptrace(16, 1, 0, 0) == -1 or print('ESC' + 'APED'); raise PermissionError",
      "PermissionError"
    ),
  ])
  func aScriptIsConfinedToo(code: String, error: String) throws {
    let workshop = try Workshop()
    try workshop.install(script: "#!/usr/bin/python3\n\(code)\n", id: "hostile")
    let outcome = try workshop.run("hostile")
    guard case .broken(let breakage) = outcome.verdict else { throw Unexpected(description: "\(outcome.verdict)") }
    #expect(outcome.log.contains(error), "\(breakage) \(outcome.log)")
    #expect(!outcome.log.contains("ESCAPED"))
    #expect(breakage.code == (error == "MemoryError" ? .memoryExceeded : .exited))
  }
}
