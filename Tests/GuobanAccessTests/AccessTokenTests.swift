import GuobanAccess
import GuobanTestSupport
import Testing

/// The form of a token: what a program can tell of it without asking anybody.
struct AccessTokenTests {
  private func random(_ generator: inout SeededGenerator) -> AccessToken {
    AccessToken(randomBytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  @Test func everyTokenHasTheFormThatScannersLookFor() throws {
    var generator = SeededGenerator("tokens")
    var ids: Set<String> = []
    for _ in 0..<500 {
      let token = random(&generator)
      #expect(token.text.wholeMatch(of: /gbt_[0-9a-f]{16}_[0-9a-f]{72}/) != nil)
      let id = try #require(token.id)
      #expect(AccessToken.shape(of: token.text) == .token(id: id) && token.text.hasPrefix("gbt_\(id)_"))
      #expect(ids.insert(id).inserted)
      #expect(token.hash.count == 32 && AccessToken(text: token.text)?.hash == token.hash)
    }
  }

  @Test func everySingleTypoIsNoticed() {
    var generator = SeededGenerator("typos")
    let digits = Array("0123456789abcdef")
    for _ in 0..<20 {
      let text = Array(random(&generator).text)
      for place in 4..<text.count {
        var wrong = text
        wrong[place] = digits.first { $0 != text[place] && Bool.random(using: &generator) } ?? "z"
        if wrong[place] == text[place] { wrong[place] = "z" }
        #expect(AccessToken.shape(of: String(wrong)) == .mistyped, "place \(place)")
      }
      // Two neighbours swapped, one lost, one too many.
      for place in 4..<text.count - 1 where text[place] != text[place + 1] {
        var wrong = text
        wrong.swapAt(place, place + 1)
        #expect(AccessToken.shape(of: String(wrong)) == .mistyped)
      }
      #expect(AccessToken.shape(of: String(text.dropLast())) == .mistyped)
      #expect(AccessToken.shape(of: String(text) + "0") == .mistyped)
    }
  }

  @Test func anyTextWhateverIsLookedAtWithoutHarm() {
    var generator = SeededGenerator("texts")
    for _ in 0..<2000 {
      let count = Int.random(in: 0...200, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(AccessToken.shape(of: text) == .other)
      if case .token = AccessToken.shape(of: "gbt_" + text) { Issue.record("a token by chance: \(bytes)") }
    }
  }

  /// zlib's CRC-32 of "gbt_0123456789abcdef_" and 64 zeros, computed by Python's zlib.crc32.
  @Test func theChecksumIsThatOfZlib() {
    let body = "gbt_0123456789abcdef_" + String(repeating: "0", count: 64)
    #expect(AccessToken.shape(of: body + "d105e0e3") == .token(id: "0123456789abcdef"))
  }
}
