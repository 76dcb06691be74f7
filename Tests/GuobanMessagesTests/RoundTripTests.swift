import CProtobufC
import Testing

@testable import GuobanMessages

@Suite struct RoundTripTests {
  /// Decodes and packs again, whatever the type.
  private func repacked<M: CMessage>(_ type: M.Type, _ bytes: [UInt8]) throws -> [UInt8] {
    let message = try M(packed: bytes, limits: .standard)
    let again = message.packed()
    #expect(message.packedSize == again.count)
    #expect(try M(packed: again, limits: .standard) == message)
    return again
  }

  @Test func everyMessageComesBackAsTheSameBytes() throws {
    var wire = RandomWire("RoundTripTests")
    for type in MessageTypes.all {
      for fieldPercent in [20, 60, 100, 100] {
        wire.fieldPercent = fieldPercent
        let bytes = wire.message(type.descriptor)
        #expect(try repacked(type, bytes) == bytes, "\(type.fullName) from \(bytes)")
      }
    }
  }

  @Test func anEmptyMessageHasNoBytes() throws {
    for type in MessageTypes.all {
      #expect(type.init().packed().isEmpty)
      #expect(try repacked(type, []).isEmpty)
    }
  }

  @Test func namesAreThoseOfTheProtoFiles() {
    for type in MessageTypes.all {
      #expect(String(cString: type.descriptor.pointee.name) == type.fullName)
    }
    #expect(Set(MessageTypes.all.map { $0.fullName }).count == MessageTypes.all.count)
  }

  @Test func anOneofKeepsWhichAlternativeIsSetEvenWhenItIsEmpty() throws {
    for cell in [Reporting.Cell(value: .text("")), Reporting.Cell(value: .integer(0)), Reporting.Cell()] {
      #expect(try Reporting.Cell(packed: cell.packed(), limits: .standard) == cell)
    }
    let cancel = RPC.Frame(streamId: 1, body: .cancel(RPC.Cancel()))
    #expect(cancel.packed() == [0x08, 1, 0x3A, 0])
    #expect(try RPC.Frame(packed: cancel.packed(), limits: .frame) == cancel)
  }

  @Test func theLastAlternativeOfAnOneofWins() throws {
    let first = Reporting.Cell(value: .text("a long enough text")).packed()
    let second = Reporting.Cell(value: .integer(-5)).packed()
    let third = Reporting.Cell(value: .ratio(.init(numerator: 1, denominator: 2))).packed()
    #expect(try Reporting.Cell(packed: first + second, limits: .standard).value == .integer(-5))
    #expect(try Reporting.Cell(packed: third + first, limits: .standard).value == .text("a long enough text"))
    #expect(try Reporting.Cell(packed: third + first + second, limits: .standard).value == .integer(-5))
  }

  @Test func theLastEntryOfAMapKeyWins() throws {
    let bytes = Ledger.Region(labels: ["k": "old"]).packed() + Ledger.Region(labels: ["k": "new"]).packed()
    #expect(try Ledger.Region(packed: bytes, limits: .standard).labels == ["k": "new"])
  }

  @Test func mapsArePackedInTheOrderOfTheirKeysBytes() throws {
    // U+FF5E sorts before U+1F600 as UTF-8, after it as UTF-16.
    let labels = ["b": "1", "a": "2", "ab": "3", "\u{1F600}": "4", "\u{FF5E}": "5", "": "6"]
    var expected: [UInt8] = []
    for key in ["", "a", "ab", "b", "\u{FF5E}", "\u{1F600}"] {
      var entry: [UInt8] = []
      if !key.isEmpty { appendSized(1, Array(key.utf8), to: &entry) }
      appendSized(2, Array((labels[key] ?? "").utf8), to: &entry)
      appendSized(3, entry, to: &expected)
    }
    #expect(Ledger.Region(labels: labels).packed() == expected)
  }

  @Test func packedAndUnpackedNumbersAreBothRead() throws {
    let packed: [UInt8] = [0x1A, 3, 1, 2, 3]  // curve_fen = 3, packed
    let unpacked: [UInt8] = [0x18, 1, 0x18, 2, 0x18, 3]
    #expect(try Ledger.YearPlan(packed: packed, limits: .standard).curveFen == [1, 2, 3])
    #expect(try Ledger.YearPlan(packed: unpacked, limits: .standard).curveFen == [1, 2, 3])
    #expect(try Ledger.YearPlan(packed: unpacked + packed, limits: .standard).curveFen == [1, 2, 3, 1, 2, 3])
    #expect(Ledger.YearPlan(curveFen: [1, 2, 3]).packed() == packed)
  }

  @Test func fieldsOfALaterVersionAreDropped() throws {
    var bytes = Ledger.VerifyPassRequest(number: "410928000001").packed()
    appendSized(99, Array("later".utf8), to: &bytes)
    appendVarint(100 << 3 | 1, to: &bytes)
    bytes += [1, 2, 3, 4, 5, 6, 7, 8]
    appendVarint(101 << 3 | 5, to: &bytes)
    bytes += [1, 2, 3, 4]
    appendVarint(102 << 3, to: &bytes)
    bytes += [7]
    #expect(try Ledger.VerifyPassRequest(packed: bytes, limits: .standard) == .init(number: "410928000001"))
    // A type without fields takes them too.
    #expect(try RPC.Cancel(packed: bytes, limits: .standard) == RPC.Cancel())
  }

  @Test func aMessageIsPackedStraightIntoABuffer() {
    let region = Ledger.Region(code: "410928", name: "濮阳县")
    var buffer = [UInt8](repeating: 0xEE, count: 64)
    let count = region.withPrepared { message in
      buffer.withUnsafeMutableBytes { message.pack(into: UnsafeMutableRawBufferPointer(rebasing: $0[5...])) }
    }
    #expect(Array(buffer[5..<(5 + count)]) == region.packed())
    #expect(buffer[..<5].allSatisfy { $0 == 0xEE })
    #expect(buffer[(5 + count)...].allSatisfy { $0 == 0xEE })
  }

  @Test func messagesMayBePackedWhileAnotherIs() throws {
    // The second arena of a thread cannot use the thread's own block.
    let outer = Ledger.Region(name: "外").withPrepared { _ in
      Ledger.Region(tags: (0..<5_000).map { "tag \($0)" }, name: "内").packed()
    }
    #expect(try Ledger.Region(packed: outer, limits: .standard).tags.count == 5_000)
  }

  @Test func aNulInAStringIsPackedVisiblyAndCutsNothingOff() throws {
    let region = Ledger.Region(labels: ["a\0": "\0b"], tags: ["\0", "x\0y\0"], name: "濮\0阳")
    let read = try Ledger.Region(packed: region.packed(), limits: .standard)
    #expect(
      read
        == Ledger.Region(
          labels: ["a\u{FFFD}": "\u{FFFD}b"], tags: ["\u{FFFD}", "x\u{FFFD}y\u{FFFD}"], name: "濮\u{FFFD}阳"))
  }
}
