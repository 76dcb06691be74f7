internal import Foundation
internal import GuobanMessages
internal import GuobanModel

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
    guard let hash = hexadecimalBytes(content.hash), hash.count == 32 else { throw unreadable }
    head = Ledger.LedgerHead(revision: content.revision, hash: hash)
  }

  var text: String {
    let time = localTime(head.time).map { ",\"time\":\"\($0)\"" } ?? ""
    return "{\"revision\":\(head.revision),\"hash\":\"\(hexadecimal(head.hash))\"\(time)}"
  }
}
