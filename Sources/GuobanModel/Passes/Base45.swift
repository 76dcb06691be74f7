/// Base45 (RFC 9285): bytes in the 45 characters that a QR code's alphanumeric mode packs at 5.5 bits each.
///
/// A byte costs 8.25 bits of a QR code in this way, and 10.7 as base64url, which needs byte mode.
public enum Base45 {
  static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
  private static let values: [UInt8: Int] = Dictionary(
    uniqueKeysWithValues: alphabet.enumerated().map { ($1, $0) })

  /// Two bytes become three characters, a last single byte two.
  public static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 3 / 2 + 2)
    for start in stride(from: 0, to: bytes.count, by: 2) {
      let isPair = start + 1 < bytes.count
      var value = isPair ? Int(bytes[start]) << 8 | Int(bytes[start + 1]) : Int(bytes[start])
      for _ in 0..<(isPair ? 3 : 2) {
        text.append(alphabet[value % 45])
        value /= 45
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes; nil for what no bytes become.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count % 3 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count * 2 / 3)
    for start in stride(from: 0, to: characters.count, by: 3) {
      let group = characters[start..<min(start + 3, characters.count)]
      var value = 0
      for character in group.reversed() {
        guard let digit = values[character] else { return nil }
        value = value * 45 + digit
      }
      if group.count == 3 {
        guard value <= 0xFFFF else { return nil }
        bytes.append(UInt8(value >> 8))
      } else if value > 0xFF {
        return nil
      }
      bytes.append(UInt8(value & 0xFF))
    }
    return bytes
  }
}
