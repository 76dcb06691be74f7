import GuobanMessages
import Testing

/// What is UTF-8 (Unicode 15, table 3-7) and what is not.
@Suite struct TextTests {
  private func code(_ text: [UInt8]) -> DecodeError.Code? {
    var bytes: [UInt8] = []
    appendSized(5, text, to: &bytes)  // Region.name
    do {
      let region = try Ledger.Region(packed: bytes, limits: .standard)
      #expect(Array(region.name.utf8) == text)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(
    arguments: [
      [0x41], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
      [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xEF, 0xBB, 0xBF],
    ] as [[UInt8]])
  func validTextIsAccepted(_ text: [UInt8]) {
    #expect(code(text) == nil)
    #expect(code(Array("1234567".utf8) + text + Array("12345678".utf8)) == nil)
  }

  @Test(
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xE0, 0x80, 0x80],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xE6, 0xBF, 0x41], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFE], [0xFF],
    ] as [[UInt8]])
  func invalidTextIsRefused(_ text: [UInt8]) {
    #expect(code(text) == .invalidUTF8)
    #expect(code(Array("12345678".utf8) + text) == .invalidUTF8)
    #expect(code(text + Array("12345678".utf8)) == .invalidUTF8)
  }

  @Test func aNulIsRefusedWhereverItStands() {
    let text = Array("0123456789abcdef".utf8)
    for index in text.indices {
      var bad = text
      bad[index] = 0
      #expect(code(bad) == .nulInString)
    }
  }

  /// Every string of one to three bytes, against Swift's own decoder.
  @Test func agreesWithSwiftOnAllShortSequences() {
    for lead in UInt8(0x80)...0xFF {
      for second in UInt8(0)...0xFF {
        for third in [UInt8](0x7E...0x82) + [0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0x41] {
          let text = [lead, second, third]
          let valid = String(validating: text, as: UTF8.self) != nil && second != 0
          if (code(text) == nil) != valid {
            Issue.record("\(text)")
            return
          }
        }
      }
    }
  }
}
