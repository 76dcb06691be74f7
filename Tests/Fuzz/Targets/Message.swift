@testable internal import GuobanMessages

extension FuzzTarget {
  /// The decode guard and the unpacking, for every message type: two bytes choose the type, the rest is the message.
  ///
  /// What is accepted packs to bytes that are accepted again and pack to themselves.
  static let message = FuzzTarget(name: "message", inputBytesMax: 4096) { (input) throws(BrokenRule) in
    var cursor = InputCursor(input)
    let type = MessageChoice.type(at: cursor.short())
    try check(type, cursor.remaining())
  } seeds: {
    Dictionary(uniqueKeysWithValues: MessageTypes.all.map { ($0.fullName, MessageChoice.prefix(of: $0)) })
  }

  private static func check<M: CMessage>(_ type: M.Type, _ bytes: [UInt8]) throws(BrokenRule) {
    let limits = DecodeLimits(
      messageBytesMax: 1 << 16, depthMax: 8, elementsMax: 500, unknownFieldsMax: 50, memoryBytesMax: 1 << 20)
    guard let message = try? M(packed: bytes, limits: limits) else { return }
    let packed = message.packed()
    try require(packed.count == message.packedSize, "\(M.fullName) miscounts its packed size")
    let again = try? M(packed: packed, limits: .standard)
    try require(again?.packed() == packed, "\(M.fullName) does not pack to itself")
  }
}

/// Message types by a number that stays with its type when others are added: a hash of the name.
enum MessageChoice {
  private static let byHash = MessageTypes.all.map { (hash: hash($0.fullName), type: $0) }.sorted { $0.hash < $1.hash }

  /// The type whose hash is the next at or above `number`.
  static func type(at number: Int) -> any CMessage.Type {
    (byHash.first { $0.hash >= number } ?? byHash[0]).type
  }

  /// The two bytes that choose the type, unless another has the same hash.
  static func prefix(of type: any CMessage.Type) -> [UInt8] {
    let hash = hash(type.fullName)
    return [UInt8(hash >> 8), UInt8(hash & 0xFF)]
  }

  /// FNV-1a, folded to 16 bits.
  private static func hash(_ name: String) -> Int {
    let hash = name.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return Int((hash >> 16) ^ (hash & 0xFFFF))
  }
}
