import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import Testing

struct PassSignatureTests {
  private let key: KeyMaterial
  private let payload: PassPayload
  private let text: String

  init() throws {
    key = try KeyMaterial.random(.passSigning)
    payload = PassPayload(
      number: try PassNumber("430500000001"), kind: 2, plate: try Plate("湘E12345"), plateColor: 2,
      validFrom: try CivilDate("2022-11-14"), validUntil: try CivilDate("2022-11-20"), origin: "430500",
      destination: "PY-JKQ", conditions: 3, loadKg: 26_170, goods: "生活物资")
    text = try PassSignature.text(payload, key: key)
  }

  @Test func whatWasSignedIsReadWithThePublicKeyAlone() throws {
    #expect(try PassSignature.payload(text, publicKeys: [key.publicKey]) == payload)
    // Characters of a QR code's alphanumeric mode, so that it is dense.
    let alphabet = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    #expect(text.allSatisfy(alphabet.contains) && text.count < 221, "\(text.count)")
  }

  @Test func anOldKeyStillVerifiesAndAnotherDoesNot() throws {
    let other = try KeyMaterial.random(.passSigning)
    #expect(try PassSignature.payload(text, publicKeys: [other.publicKey, key.publicKey]) == payload)
    #expect(throws: PassSignature.Problem.unknownKey(String(key.id.prefix(8)))) {
      try PassSignature.payload(text, publicKeys: [other.publicKey])
    }
  }

  @Test func everyAlteredByteIsRefused() throws {
    let packed = try #require(Base45.bytes(text.dropFirst(PassSignature.prefix.count)))
    for index in packed.indices {
      for bit in 0..<8 {
        var altered = packed
        altered[index] ^= 1 << UInt8(bit)
        let forged = PassSignature.prefix + Base45.text(altered)
        #expect(throws: PassSignature.Problem.self, "byte \(index) bit \(bit)") {
          try PassSignature.payload(forged, publicKeys: [key.publicKey])
        }
      }
    }
  }

  @Test func everyAlteredCharacterIsRefused() throws {
    var random = SeededGenerator("altered payloads")
    let characters = Array(text)
    for index in characters.indices {
      var altered = characters
      repeat {
        altered[index] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a中".randomElement(using: &random) ?? "0"
      } while altered[index] == characters[index]
      #expect(throws: PassSignature.Problem.self) {
        try PassSignature.payload(String(altered), publicKeys: [key.publicKey])
      }
    }
    for count in 0..<characters.count {
      #expect(throws: PassSignature.Problem.self) {
        try PassSignature.payload(String(characters.prefix(count)), publicKeys: [key.publicKey])
      }
    }
    #expect(throws: PassSignature.Problem.notAPass) {
      try PassSignature.payload(String(repeating: "A", count: 10_000), publicKeys: [key.publicKey])
    }
  }
}
