/// A code that identifies something in the ledger: checked once, when it is made, and canonical from then on.
public protocol LedgerCode: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The canonical text: what is stored, compared and used as a key.
  var text: String { get }
  /// Accepts what a clerk may type (lower case, full-width letters, spaces around) and makes it canonical.
  init(_ text: String) throws(RuleViolation)
}

extension LedgerCode {
  public var description: String { text }

  /// By Unicode scalar, the same everywhere: codes do not sort by language.
  public static func < (left: Self, right: Self) -> Bool {
    left.text.unicodeScalars.lexicographicallyPrecedes(right.text.unicodeScalars)
  }
}

/// What a clerk typed, as scalars: half-width, upper case, without white space around.
struct CodeText {
  static let bytesMax = 512

  let scalars: [Unicode.Scalar]
  let text: String

  init(_ raw: String) throws(RuleViolation) {
    guard raw.utf8.count <= Self.bytesMax else {
      throw RuleViolation(
        rule: "CODE_TOO_LONG",
        message: "\(RuleViolation.quoted(raw)) 太长：任何代码都不超过 \(Self.bytesMax) 字节，请检查是否粘贴了整段文字",
        englishMessage: "\(RuleViolation.quoted(raw)) is longer than any code (\(Self.bytesMax) bytes)")
    }
    var scalars = raw.unicodeScalars.map { $0.halfWidth.asciiUppercased }
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    if let first = scalars.first, first.isBlank { scalars.removeFirst(scalars.prefix(while: \.isBlank).count) }
    self.scalars = scalars
    // Most input is canonical already; then no second string is built.
    text = raw.unicodeScalars.elementsEqual(scalars) ? raw : String(String.UnicodeScalarView(scalars))
  }
}

extension Unicode.Scalar {
  /// The ASCII form of a full-width letter, digit or sign (U+FF01…FF5E) and of the ideographic space.
  var halfWidth: Unicode.Scalar {
    switch value {
    case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(value - 0xFEE0))
    case 0x3000: " "
    default: self
    }
  }

  var asciiUppercased: Unicode.Scalar {
    isASCIILowercase ? Unicode.Scalar(UInt8(value - 0x20)) : self
  }

  /// White space; the table is asked only past ASCII.
  var isBlank: Bool {
    isASCII ? self == " " || ("\t"..."\r").contains(self) : properties.isWhitespace
  }

  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
  var isASCIIUppercase: Bool { ("A"..."Z").contains(self) }
  var isASCIILowercase: Bool { ("a"..."z").contains(self) }

  /// Chinese characters of the unified blocks (GB 18030 levels 1 to 3 lie in these).
  var isHan: Bool {
    switch value {
    case 0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x323AF: true
    default: false
    }
  }
}
