import Foundation
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import Logging
import Testing

@testable import GuobanDaemon

struct KeyTests {
  private func keeper(
    _ folder: TemporaryFolder, keys: String = "keys", acceptsLoss: Bool = false, retentionDays: Int = 180,
    today: String = "2023-06-30"
  ) throws -> KeyKeeper {
    try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
    return try KeyKeeper(
      KeyFolder(path: "\(folder.path)/\(keys)", dataDirectory: folder.path + "/data"),
      policy: .init(acceptsLoss: acceptsLoss, retentionDays: retentionDays, batchRecords: 2),
      logger: Logger(label: "test"), today: { (try? CivilDate(today)) ?? DaemonClock.today() },
      now: { Google.Timestamp(seconds: 1_688_000_000) })
  }

  private func store(_ folder: TemporaryFolder, _ keeper: KeyKeeper) throws -> SQLiteStore {
    try OpenLedger.open(
      DirectoryLock(directory: folder.path + "/data"), DaemonConfiguration(dataDir: folder.path + "/data"),
      keyWrap: keeper.ring)
  }

  private func keys(_ store: any LedgerStore) throws -> [Ledger.DaemonKey] {
    try store.read { try $0.list(ListQuery(type: "DaemonKey", filter: nil, afterKey: nil, limit: 100)) }
      .map { try Ledger.DaemonKey(packed: $0.bytes, limits: .standard) }
  }

  private func fill(_ store: any LedgerStore) throws {
    _ = try store.write(actor: "clerk") { writer in
      try writer.upsert(
        [Ledger.Region(code: "430500", name: "邵阳市", kind: .city)], field: "r", checkCancellation: {})
    }
    _ = try store.write(actor: "clerk") { writer in
      try writer.upsert(
        ["91430502MA9GAAAA5X", "91410421MA9GAAAA51", "91410223MA9GAAAA5K"].map {
          Ledger.Enterprise(
            uscc: $0, name: "企业", region: "430500", contact: Ledger.Contact(name: "王小明", phone: "13912345678"))
        }, field: "e", checkCancellation: {})
    }
  }

  @Test func theFirstStartMakesKeysAndTheLedgerKnowsThem() throws {
    let folder = try TemporaryFolder()
    let first = try keeper(folder)
    let store = try store(folder, first)
    try first.adopt(store)
    #expect(try folder.mode("keys") == 0o700 && folder.mode("keys/personal.keys") == 0o600)
    let known = try keys(store)
    #expect(known.map(\.state) == [.current, .current] && store.revision == 2)
    #expect(known.contains { $0.id == first.signingKey.id && $0.ed25519 == first.signingKey.publicKey })
    // No secret is in the ledger.
    #expect(known.allSatisfy { $0.purpose == .passSigning || $0.ed25519.isEmpty })
    let again = try keeper(folder)
    try again.adopt(store)
    #expect(store.revision == 2 && again.signingKey == first.signingKey)
    try store.close()
  }

  @Test func aSwappedOrLostKeyIsNoticedAtTheStart() throws {
    let folder = try TemporaryFolder()
    let first = try keeper(folder)
    let store = try store(folder, first)
    try first.adopt(store)
    try fill(store)
    // Another key of the right length, in the right place.
    let file = KeyFile(directory: folder.path + "/keys", purpose: .personalData)
    let old = try #require(try file.read())
    try file.write([try KeyMaterial.random(.personalData)])
    let swapped = #expect(throws: DaemonError.self) { try self.keeper(folder).adopt(store) }
    #expect(swapped?.message.contains(old[0].id) == true && swapped?.message.contains("拿错了密钥") == true)
    try FileManager.default.removeItem(atPath: file.file.path)
    let lost = #expect(throws: DaemonError.self) { try self.keeper(folder).adopt(store) }
    #expect(lost?.message.contains("不在") == true)
    // Nothing was made in its place.
    #expect(try file.read() == nil)
    try file.write(old)
    try keeper(folder).adopt(store)
    // One that is lost for good can be given up, once it is said.
    try FileManager.default.removeItem(atPath: file.file.path)
    try keeper(folder, acceptsLoss: true).adopt(store)
    #expect(try keys(store).first { $0.id == old[0].id }?.state == .dropped)
    try store.close()
  }

  @Test func keysInTheDataDirectoryOrOpenToOthersAreRefused() throws {
    let folder = try TemporaryFolder()
    for inside in ["data", "data/keys", "keys/../data/keys"] {
      let error = #expect(throws: DaemonError.self) { try self.keeper(folder, keys: inside) }
      #expect(error?.message.contains("数据目录里") == true, "\(inside): \(error?.message ?? "")")
    }
    _ = try keeper(folder)
    let store = try store(folder, try keeper(folder))
    try keeper(folder).adopt(store)
    try store.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.path + "/keys/personal.keys")
    #expect(throws: DaemonError.self) { try self.keeper(folder) }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path + "/keys/personal.keys")
    try FileManager.default.setAttributes([.posixPermissions: 0o770], ofItemAtPath: folder.path + "/keys")
    #expect(throws: DaemonError.self) { try self.keeper(folder) }
  }

  @Test func aRotationSealsEverythingAnewAndTheOldKeyCanBeDropped() throws {
    let folder = try TemporaryFolder()
    let keeper = try keeper(folder)
    let store = try store(folder, keeper)
    try keeper.adopt(store)
    try fill(store)
    let old = try #require(try keys(store).first { $0.purpose == .personalData })
    let new = try keeper.rotate(.personalData, actor: "operator-1")
    #expect(new.state == .current && new.meta?.updatedBy == "operator-1")
    #expect(try keys(store).first { $0.id == old.id }?.state == .retiring)
    // A daemon that was killed here goes on: the file has both keys.
    let next = try self.keeper(folder)
    try next.adopt(store)
    let inUse = #expect(throws: LedgerError.self) { try keeper.drop(old.id, actor: "operator-1") }
    #expect(inUse?.reason == "KEY_IN_USE")
    try keeper.reseal {}
    #expect(keeper.resealing.records == 3)
    #expect(try keys(store).first { $0.id == old.id }?.state == .retired)
    let changes = try store.read { try $0.changes(after: 0, limit: 100) }
    #expect(changes.count { $0.actor == "daemon" && $0.recordType == "Enterprise" && $0.operation == .update } == 3)
    #expect(try keeper.drop(old.id, actor: "operator-1").state == .dropped)
    let reveal = try PersonalReveal(
      Ledger.RevealPersonalDataRequest(recordType: "Enterprise", key: "91430502MA9GAAAA5X", reason: "x"))
    #expect(try store.write(actor: "a") { try reveal.run($0) }.contacts.first?.contact?.phone == "13912345678")
    try self.keeper(folder).adopt(store)
    try store.close()
  }

  @Test func whatIsOnlyCountedIsWhatIsErasedAfterwards() throws {
    let folder = try TemporaryFolder()
    let keeper = try keeper(folder, retentionDays: 1)
    let store = try store(folder, keeper)
    try keeper.adopt(store)
    try fill(store)
    let deleted = "91430502MA9GAAAA5X"
    _ = try store.write(actor: "clerk") { _ = try $0.delete("Enterprise", deleted) }
    // Years after the day that the deletion is noted on.
    let later = try self.keeper(folder, retentionDays: 1, today: "2100-01-01")
    try later.adopt(store)
    let before = store.revision
    let counted = try later.eraseDue(validateOnly: true) {}
    #expect(counted.records == 0 && counted.deletedRecords == 1 && store.revision == before)
    #expect(try later.eraseDue(validateOnly: false) {} == counted)
    #expect(try later.eraseDue(validateOnly: true) {}.deletedRecords == 0)
    try store.close()
  }

  @Test func aNewSigningKeySignsAndTheOldOneStillVerifies() throws {
    let folder = try TemporaryFolder()
    let keeper = try keeper(folder)
    let store = try store(folder, keeper)
    try keeper.adopt(store)
    let old = keeper.signingKey
    _ = try keeper.rotate(.passSigning, actor: "operator-1")
    #expect(keeper.signingKey.id != old.id)
    #expect(
      try keys(store).first { $0.id == old.id }.map { $0.state == .retired && $0.ed25519 == old.publicKey } == true)
    // Its secret half is gone.
    #expect(
      try KeyFile(directory: folder.path + "/keys", purpose: .passSigning).read()?.map(\.id) == [keeper.signingKey.id])
    try self.keeper(folder).adopt(store)
    try store.close()
  }

  @Test func aKilledRotationOfASigningKeyIsCarriedOnAtTheNextStart() throws {
    let folder = try TemporaryFolder()
    let first = try keeper(folder)
    let store = try store(folder, first)
    try first.adopt(store)
    let new = try KeyMaterial.random(.passSigning)
    try KeyFile(directory: folder.path + "/keys", purpose: .passSigning).write([new, first.signingKey])
    let next = try keeper(folder)
    try next.adopt(store)
    #expect(next.signingKey == new)
    #expect(try keys(store).first { $0.id == first.signingKey.id }?.state == .retired)
    #expect(try keys(store).first { $0.id == new.id }?.state == .current)
    try store.close()
  }
}
