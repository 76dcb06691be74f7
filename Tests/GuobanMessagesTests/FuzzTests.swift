import CProtobufC
import GuobanTestSupport
import Testing

@testable import GuobanMessages

/// Random bytes and mutated messages: decoding either succeeds or throws, and what succeeds can be packed and read again.
@Suite struct FuzzTests {
  private static let limits = DecodeLimits(
    messageBytesMax: 1 << 16, depthMax: 16, elementsMax: 2_000, unknownFieldsMax: 200, memoryBytesMax: 1 << 20)

  /// Returns whether the bytes were accepted.
  private func survives<M: CMessage>(_ type: M.Type, _ bytes: [UInt8]) -> Bool {
    guard let message = try? M(packed: bytes, limits: Self.limits) else { return false }
    let packed = message.packed()
    if (try? M(packed: packed, limits: .standard).packed()) != packed {
      Issue.record("\(M.fullName) from \(bytes)")
    }
    return true
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      let at = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.remove(at: at)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
      case 4: bytes.removeSubrange(at...)
      default: bytes += bytes[at...].prefix(64)
      }
    }
    return bytes
  }

  @Test func neitherMutatedNorRandomBytesTrap() {
    var wire = RandomWire("FuzzTests")
    var random = SeededGenerator("FuzzTests: damage")
    var accepted = 0
    let inputs = 200_000
    var made = 0
    while made < inputs {
      for type in MessageTypes.all {
        let bytes = wire.message(type.descriptor)
        for _ in 0..<8 {
          if survives(type, mutated(bytes, &random)) { accepted += 1 }
        }
        let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        if survives(type, noise) { accepted += 1 }
        made += 9
      }
    }
    print("\(accepted) of \(made) accepted")
    #expect(accepted > made / 20 && accepted < made)
  }
}
