import Foundation
import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanSQLite

/// The log is moved into the database beside the writes: it begins anew again and again, and nothing is lost on the way.
struct CheckpointerTests {
  private static let pages = 32
  private static let frameBytes = 4096 + 24

  private static func ledger() throws -> TemporaryLedger {
    var configuration = SQLiteConfiguration()
    configuration.checkpointPages = pages
    return try TemporaryLedger(configuration)
  }

  /// How often the log has begun anew: the third number of its header, https://sqlite.org/fileformat2.html#walformat.
  private static func beginnings(_ ledger: TemporaryLedger) throws -> UInt32 {
    let header = try #require(FileManager.default.contents(atPath: ledger.file + "-wal")).prefix(16)
    return header.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bytes(of path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  private static func write(_ numbers: Range<Int>, to ledger: TemporaryLedger) throws {
    for number in numbers { try ledger.put(Item(key: "k\(100_000 + number)", name: "名\(number)")) }
  }

  private static func count(_ ledger: TemporaryLedger) throws -> Int {
    try ledger.store.read { try $0.count("Project") }
  }

  @Test func theLogStaysSmallWhileWritesGoOn() throws {
    let ledger = try Self.ledger()
    try Self.write(0..<2000, to: ledger)
    #expect(try Self.beginnings(ledger) > 10)
    // What is due, what comes meanwhile, and a group that ends beyond it.
    #expect(try Self.bytes(of: ledger.file + "-wal") < 8 * Self.pages * Self.frameBytes)
    // The rows are in the database.
    #expect(try Self.bytes(of: ledger.file) > 1000 * 300)
    try ledger.reopen()
    #expect(try Self.count(ledger) == 2000)
  }

  /// Who reads keeps his view, and the log with it; when he is done it begins anew.
  @Test func aReaderKeepsTheLogNoLongerThanHeReads() throws {
    let ledger = try Self.ledger()
    try Self.write(0..<100, to: ledger)
    try ledger.store.read { reader in
      let before = try reader.count("Project")
      // The log that he began with, and the one after it, which he does not read.
      try Self.write(100..<500, to: ledger)
      let kept = try Self.beginnings(ledger)
      try Self.write(500..<1500, to: ledger)
      #expect(try Self.beginnings(ledger) == kept)
      #expect(try reader.count("Project") == before)
    }
    let kept = try Self.beginnings(ledger)
    try Self.write(1500..<2000, to: ledger)
    #expect(try Self.beginnings(ledger) > kept)
    #expect(try Self.count(ledger) == 2000)
  }

  /// Closing comes in the middle of one as well.
  @Test func closingAtAnyMomentLosesNothing() throws {
    let ledger = try Self.ledger()
    for round in 0..<30 {
      try Self.write(round * 37..<(round + 1) * 37, to: ledger)
      try ledger.reopen()
      #expect(try Self.count(ledger) == (round + 1) * 37)
    }
  }
}
