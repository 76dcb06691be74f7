import Foundation
import GuobanAccess
import GuobanTestSupport
import GuobanWire
import NIOCore
import Testing

/// The client in Proto/clients/python/ proves that the protocol is easy to speak from elsewhere.
@Suite(.timeLimit(.minutes(10))) struct PythonClientTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Proto/clients/python")

  @Test func thePythonClientPassesItsTestsAgainstARealDaemon() async throws {
    try await Backend().serve { endpoint, _ in
      let run = try await ProgramRun(
        "env",
        [
          "PYTHONDONTWRITEBYTECODE=1", "GUOBAND=\(DaemonProcess.products.path)/guoband", "GUOBAN_STREAMS=\(endpoint)",
          "GUOBAN_TOKEN=\(Backend.token.text)", "timeout", "300", "/usr/bin/python3", "-m", "unittest", "discover",
          "-v",
          "-s", Self.folder.path,
        ])
      #expect(run.exitCode == 0, "\(run.complaint)\(run.text)")
      // unittest says how many there were; none at all would be no proof.
      #expect(run.complaint.contains("Ran 14 tests"), "\(run.complaint)")
      #expect(!run.complaint.contains("skipped"))
    }
  }

  @Test func itStaysSmall() throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("guoban.py"), encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 300)
  }
}
