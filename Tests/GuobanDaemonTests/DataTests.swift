import Foundation
import GuobanAccess
import GuobanArchive
import GuobanDaemon
import GuobanLedger
import GuobanMessages
import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanDaemon

struct DataTests {
  @Test func aSecretIsItsOwnersAloneAndNeverReplaced() throws {
    let folder = try TemporaryFolder()
    let file = SecretFile(path: folder.path + "/token")
    #expect(try file.read() == nil)
    try file.create([1, 2, 3])
    #expect(try file.read() == [1, 2, 3])
    #expect(try folder.mode("token") == 0o600)
    #expect(throws: DaemonError.self) { try file.create([4]) }
    #expect(try file.read() == [1, 2, 3])
    for mode in [0o640, 0o604, 0o660, 0o666] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
      let error = #expect(throws: DaemonError.self) { try file.read() }
      #expect(error?.message.contains(String(mode, radix: 8)) == true)
    }
  }

  @Test func theFirstStartMakesTheTokenAndTheSecondFindsIt() throws {
    let folder = try TemporaryFolder()
    let first = try DaemonSecrets(directory: folder.path)
    #expect(try DaemonSecrets(directory: folder.path).token.text == first.token.text)
    let other = try TemporaryFolder()
    #expect(try DaemonSecrets(directory: other.path).token.text != first.token.text)
  }

  @Test func aLedgerThatIsGoneBesideItsSnapshotsIsNoFirstStart() throws {
    let folder = try TemporaryFolder()
    let lost = LostLedger(ledger: folder.path + "/ledger.sqlite", snapshots: folder.path)
    try lost.refuse()
    _ = try folder.write("", to: "20231121T014233Z-000000000042.manifest")
    #expect(throws: DaemonError.self) { try lost.refuse() }
    _ = try folder.write("", to: "ledger.sqlite")
    let error = #expect(throws: DaemonError.self) { try lost.refuse() }
    #expect(error?.message.contains("20231121T014233Z-000000000042") == true)
    _ = try folder.write("SQLite", to: "ledger.sqlite")
    try lost.refuse()
  }

  @Test func theDataDirectoryIsMadeForItsOwnerAlone() throws {
    let folder = try TemporaryFolder()
    let directory = DataDirectory(path: folder.path + "/a/b")
    #expect(try directory.names() == nil)
    try directory.prepare()
    try directory.prepare()
    #expect(try folder.mode("a/b") == 0o700)
    #expect(!directory.isOpenToOthers)
    _ = try folder.write("x", to: "file")
    #expect(throws: DaemonError.self) { try DataDirectory(path: folder.path + "/file").prepare() }
  }

  @Test func checkWritesNothing() throws {
    let folder = try TemporaryFolder()
    let configuration = DaemonConfiguration(dataDir: folder.path + "/none")
    let findings = DaemonCheck(configuration, language: .chinese).findings()
    #expect(!findings.contains { $0.kind == .problem })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    _ = try folder.write("secret", to: "token")
    let open = DaemonCheck(DaemonConfiguration(dataDir: folder.path), language: .chinese).findings()
    #expect(open.contains { $0.kind == .problem && $0.text.contains("token") })
  }
}
