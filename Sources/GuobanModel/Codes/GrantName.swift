/// The name of somebody who may come in: ASCII letters, digits and `- _ . @`, at most 64, beginning with a letter or digit.
///
/// It stands in the change log as the actor. Names that the daemon gives by itself ("token", "uid:998") cannot be taken.
public struct GrantName: Hashable, Sendable {
  public let text: String

  /// Characters.
  public static let lengthMax = 64

  /// - Throws: `GRANT_NAME` or `GRANT_NAME_TAKEN`.
  public init(_ text: String) throws(RuleViolation) {
    let isAlphanumeric = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= Self.lengthMax,
      text.utf8.allSatisfy({ isAlphanumeric($0) || "-_.@".utf8.contains($0) })
    else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "GRANT_NAME",
        message: "名称 \(shown) 应由字母、数字和 - _ . @ 组成，以字母或数字开头，不超过 \(Self.lengthMax) 位",
        englishMessage:
          "the name \(shown) needs letters, digits and - _ . @, a letter or digit first, \(Self.lengthMax) at most")
    }
    guard !Self.taken.contains(text.lowercased()) else {
      throw RuleViolation(
        rule: "GRANT_NAME_TAKEN", message: "名称“\(text)”是守护进程自己用的，请换一个",
        englishMessage: "the name \(text) is the daemon's own: choose another")
    }
    self.text = text
  }

  /// How the change log names the holder of the token file, and the daemon itself.
  private static let taken: Set<String> = ["token", "guoband", "daemon", "watchdog"]
}
