internal import Foundation
internal import GuobanMessages

/// A head of the change log as a file that a person can read, sign or print.
struct HeadFile {
  let head: Ledger.LedgerHead

  private static let bytesMax = 4096

  private struct Content: Codable {
    var revision: UInt64
    var hash: String
    var time: String?
  }

  init(_ head: Ledger.LedgerHead) {
    self.head = head
  }

  init(path: String) throws(Failure) {
    let unreadable = Failure.input(
      say("\(path) 不是 guobanctl audit head 导出的末端。", "\(path) is no head exported by guobanctl audit head."))
    guard let bytes = try? readFile(path, bytesMax: Self.bytesMax), bytes.count <= Self.bytesMax,
      let content = try? JSONDecoder().decode(Content.self, from: Data(bytes))
    else { throw unreadable }
    let digits = Array(content.hash.utf8)
    var hash: [UInt8] = []
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
        throw unreadable
      }
      hash.append(byte)
    }
    guard digits.count == 64, hash.count == 32 else { throw unreadable }
    head = Ledger.LedgerHead(revision: content.revision, hash: hash)
  }

  var text: String {
    let hash = head.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let time = localTime(head.time).map { ",\"time\":\"\($0)\"" } ?? ""
    return "{\"revision\":\(head.revision),\"hash\":\"\(hash)\"\(time)}"
  }
}
