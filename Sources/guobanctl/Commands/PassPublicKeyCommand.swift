internal import ArgumentParser
internal import Foundation
internal import GuobanMessages

struct PassPublicKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "public-key",
    abstract: say(
      "取核验二维码用的公钥；换过密钥的，旧公钥也在内。", "The public keys that verify QR codes, those of before a rotation included."),
    discussion: say(
      "例：guobanctl pass public-key > guoban-pass.pub\n把文件发给各卡口，pass check 不用联网。",
      "Example: guobanctl pass public-key > guoban-pass.pub\nGive the file to checkpoints: pass check needs no network."
    ))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.GetPassPublicKeysResponse = try await common.call(
      "/guoban.v1.PassService/GetPassPublicKeys", Ledger.GetPassPublicKeysRequest())
    for key in answer.keys { Terminal.print(PublicKeyFile.line(id: key.id, key: key.ed25519)) }
  }
}

/// Public keys as text, one a line: `guoban-pass-ed25519 ID BASE64`.
enum PublicKeyFile {
  static let bytesMax = 1 << 20
  private static let word = "guoban-pass-ed25519"

  static func line(id: String, key: [UInt8]) -> String {
    Terminal.harmless("\(word) \(id) \(Data(key).base64EncodedString())")
  }

  static func read(_ path: String) throws(Failure) -> [[UInt8]] {
    guard let bytes = try? readFile(path, bytesMax: bytesMax), bytes.count <= bytesMax else {
      throw .input(
        say(
          "公钥文件 \(path) 读不了；用 guobanctl pass public-key > \(path) 取一份。",
          "The file of public keys \(path) cannot be read; guobanctl pass public-key > \(path) fetches it."))
    }
    var keys: [[UInt8]] = []
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == word, let key = Data(base64Encoded: String(words[2])), key.count == 32 else {
        throw .input(
          say("公钥文件 \(path) 里有一行不是公钥；用 guobanctl pass public-key 重新取一份。", "\(path) has a line that is no public key."))
      }
      keys.append(Array(key))
    }
    guard !keys.isEmpty else { throw .input(say("公钥文件 \(path) 里没有公钥。", "\(path) holds no public key.")) }
    return keys
  }
}
