/// What tells a record from others of its type where no standard gives it a number: `2022-10-001`, `复工-双清区`.
///
/// Letters (Chinese ones too), digits and `- _ . ~`, at most 96 bytes: it stands in keys, on command lines and in messages.
public struct RecordID: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  /// Bytes of UTF-8.
  public static let bytesMax = 96

  /// - Throws: `RECORD_ID`
  public init(_ text: String) throws(RuleViolation) {
    let isMade = text.unicodeScalars.allSatisfy { $0.isWordScalar || "-_.~".unicodeScalars.contains($0) }
    guard !text.isEmpty, text.utf8.count <= Self.bytesMax, isMade else {
      let shown = RuleViolation.quoted(text)
      throw RuleViolation(
        rule: "RECORD_ID",
        message: "编号 \(shown) 应由汉字、字母、数字和 - _ . ~ 组成，不超过 \(Self.bytesMax) 字节",
        englishMessage: "id \(shown) needs letters, digits and - _ . ~, \(Self.bytesMax) bytes at most")
    }
    self.text = text
  }

  public var description: String { text }
}

extension Unicode.Scalar {
  fileprivate var isWordScalar: Bool { isASCIIDigit || isASCIIUppercase || isASCIILowercase || isHan }
}
