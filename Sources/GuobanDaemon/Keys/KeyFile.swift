internal import Foundation
internal import GuobanLedger
internal import GuobanMessages

/// The secret keys of one purpose, in a file outside the data directory: whoever copies the ledger does not copy them.
///
/// Text, one key a line, the first being the current one: `personal 3fa9… <base64>`.
struct KeyFile: Sendable {
  static let keysMax = 32

  let file: SecretFile
  let purpose: Ledger.KeyPurpose

  init(directory: String, purpose: Ledger.KeyPurpose) {
    file = SecretFile(path: "\(directory)/\(Self.name(purpose))")
    self.purpose = purpose
  }

  /// `personal.keys`, `signing.keys`
  static func name(_ purpose: Ledger.KeyPurpose) -> String {
    purpose == .personalData ? "personal.keys" : "signing.keys"
  }

  /// The keys; nil when the file is not there.
  func read() throws(DaemonError) -> [KeyMaterial]? {
    guard let bytes = try file.read() else { return nil }
    var keys: [KeyMaterial] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == word, let secret = Data(base64Encoded: String(words[2])),
        let key = try? KeyMaterial(purpose, bytes: Array(secret)), key.id == words[1]
      else {
        throw DaemonError(
          .secret, "\(file.path) 里有一行不是密钥，或被改动过：请从备份放回",
          "\(file.path) has a line that is no key, or was altered: put it back from a backup")
      }
      keys.append(key)
    }
    guard !keys.isEmpty, keys.count <= Self.keysMax else {
      throw DaemonError(
        .secret, "\(file.path) 里没有密钥，或多于 \(Self.keysMax) 个：请从备份放回",
        "\(file.path) holds no key, or more than \(Self.keysMax): put it back from a backup")
    }
    return keys
  }

  /// Writes the file so that it is there whole, old or new, whatever happens.
  func write(_ keys: [KeyMaterial]) throws(DaemonError) {
    var text = """
      # 过半 Guoban: the daemon's keys. The first is current. Nobody but the daemon may read this.
      # Keep a copy apart from the backups of the ledger: without it personal data cannot be read again.

      """
    for key in keys { text += "\(word) \(key.id) \(Data(key.bytes).base64EncodedString())\n" }
    try file.replace(Array(text.utf8))
  }

  private var word: String { purpose == .personalData ? "personal" : "signing" }
}
