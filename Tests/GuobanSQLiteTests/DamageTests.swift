import Foundation
import GuobanMessages
import GuobanStorage
import Testing

@testable import GuobanSQLite

/// A file that is found damaged while it serves.
struct DamageTests {
  @Test func nothingMoreIsWrittenOnceAReadFindsTheFileDamaged() throws {
    let ledger = try TemporaryLedger()
    for number in 0..<400 {
      try ledger.write { try $0.put(Item(key: "k\(number)").stored, operation: .create) }
    }
    try ledger.reopen()
    // Everything but the first page, where SQLite says what the file is.
    let file = try FileHandle(forUpdating: URL(filePath: "\(ledger.directory)/ledger.sqlite"))
    let length = try file.seekToEnd()
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(length) - 4096))
    try file.close()

    #expect(ledger.store.fault == nil)
    let found = #expect(throws: StorageError.self) { try ledger.store.read { try $0.count("Project") } }
    #expect(found?.code == .corrupted)
    #expect(ledger.store.fault?.code == .corrupted)
    let refused = #expect(throws: StorageError.self) {
      try ledger.write { try $0.put(Item(key: "new").stored, operation: .create) }
    }
    #expect(refused?.code == .corrupted)
  }
}
