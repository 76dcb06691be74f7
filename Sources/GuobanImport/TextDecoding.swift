public import GuobanModel

/// How a file's text was written.
public enum TextEncoding: String, Sendable {
  case utf8 = "UTF-8"
  case gb18030 = "GB18030"
}

/// The text of a file as UTF-8 without a byte order mark, all of it.
public struct DecodedText: Sendable {
  public var bytes: [UInt8]
  public var encoding: TextEncoding

  /// What the decoder has to say about bytes that are no text, and in which line they are.
  public struct Failure: Error {
    public var line: Int
    public var violation: RuleViolation
  }

  /// Reads UTF-8, or else GB18030 as Excel in China writes it. Nothing is guessed or replaced: bytes that are neither
  /// are refused with their position.
  public init(_ file: [UInt8]) throws(Failure) {
    var source = try TextSource(bytesMax: .max) { ArrayBytes(file) }
    bytes = []
    encoding = source.encoding
    while true {
      let piece = try source.next()
      if piece.isEmpty { return }
      bytes += piece
    }
  }
}

/// The text of a file as UTF-8 without a byte order mark, a piece at a time.
///
/// The file is read once to tell how it is written, for that can be told only at its end, and once for its text.
struct TextSource {
  let encoding: TextEncoding
  /// Whether the file begins with a byte order mark.
  let hasMark: Bool
  private var decoder: TextDecoder
  private var source: any ByteSource

  /// - Parameter open: called for each reading.
  init(bytesMax: Int, _ open: () throws(RuleViolation) -> any ByteSource) throws(DecodedText.Failure) {
    func opened() throws(DecodedText.Failure) -> any ByteSource {
      do throws(RuleViolation) { return try open() } catch { throw DecodedText.Failure(line: 0, violation: error) }
    }
    let scanned: TextDecoder
    if let utf8 = try TextDecoder(.utf8).scanned(try opened(), bytesMax: bytesMax) {
      scanned = utf8
      encoding = .utf8
    } else {
      guard let other = try TextDecoder(.gb18030).scanned(try opened(), bytesMax: bytesMax) else {
        throw DecodedText.Failure(line: 0, violation: .noGB18030)
      }
      scanned = other
      encoding = .gb18030
    }
    hasMark = scanned.hasMark
    decoder = try TextDecoder(encoding)
    source = try opened()
  }

  /// The next piece of the text; empty at its end.
  mutating func next() throws(DecodedText.Failure) -> [UInt8] {
    while true {
      let piece: [UInt8]
      do throws(RuleViolation) { piece = try source.next() } catch {
        throw DecodedText.Failure(line: 0, violation: error)
      }
      // Checked by the first reading: a failure now means that the file has changed meanwhile.
      guard let text = try decoder.decode(piece) else {
        throw DecodedText.Failure(line: 0, violation: .changedMeanwhile)
      }
      if piece.isEmpty || !text.isEmpty { return text }
    }
  }
}

/// One reading of a file.
struct TextDecoder {
  private let encoding: TextEncoding
  private let converter: GB18030?
  /// The begin of a character whose end is in the next piece.
  private var carry: [UInt8] = []
  private var offset = 0
  private var line = 1
  private(set) var hasMark = false

  init(_ encoding: TextEncoding) throws(DecodedText.Failure) {
    self.encoding = encoding
    converter = encoding == .gb18030 ? GB18030() : nil
    if encoding == .gb18030, converter == nil { throw DecodedText.Failure(line: 0, violation: .noGB18030) }
  }

  /// Reads all; nil when it is not UTF-8, and a failure when it is nothing else either.
  func scanned(_ source: any ByteSource, bytesMax: Int) throws(DecodedText.Failure) -> TextDecoder? {
    var decoder = self
    var source = source
    var bytes = 0
    while true {
      let piece: [UInt8]
      do throws(RuleViolation) { piece = try source.next() } catch {
        throw DecodedText.Failure(line: 0, violation: error)
      }
      bytes += piece.count
      guard bytes <= bytesMax else { throw DecodedText.Failure(line: 0, violation: .fileTooLong(bytesMax)) }
      guard try decoder.decode(piece) != nil else { return nil }
      if piece.isEmpty { return decoder }
    }
  }

  /// The text of the next piece; an empty piece ends the file. Nil when it is not UTF-8.
  mutating func decode(_ piece: [UInt8]) throws(DecodedText.Failure) -> [UInt8]? {
    var bytes = carry + piece
    if offset == 0, !piece.isEmpty {
      try refuseOthers(bytes)
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
        hasMark = true
        bytes.removeFirst(3)
        offset = 3
      }
    }
    if let zero = bytes.firstIndex(of: 0) { throw failure(at: zero, in: bytes, .zeroByte) }
    carry = []
    let text: [UInt8]
    if let converter {
      let (decoded, used, isBad) = converter.decode(bytes)
      if isBad || piece.isEmpty && used < bytes.count {
        throw failure(at: used, in: bytes, .unknownEncoding(offset: offset + used))
      }
      carry = Array(bytes[used...])
      text = decoded
    } else {
      let whole = piece.isEmpty ? bytes.count : Self.wholeCharacters(bytes)
      guard String(validating: bytes[..<whole], as: UTF8.self) != nil else { return nil }
      carry = Array(bytes[whole...])
      text = Array(bytes[..<whole])
    }
    let used = bytes.count - carry.count
    line += bytes[..<used].count { $0 == UInt8(ascii: "\n") }
    offset += used
    return text
  }

  /// How many bytes there are up to the begin of a last character that is not whole.
  private static func wholeCharacters(_ bytes: [UInt8]) -> Int {
    for (back, byte) in bytes.reversed().prefix(4).enumerated() where byte & 0xC0 != 0x80 {
      let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return length > back + 1 ? bytes.count - back - 1 : bytes.count
    }
    return bytes.count
  }

  private func refuseOthers(_ bytes: [UInt8]) throws(DecodedText.Failure) {
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      throw DecodedText.Failure(line: 0, violation: .workbook)
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DecodedText.Failure(line: 0, violation: .utf16File)
    }
  }

  private func failure(at place: Int, in bytes: [UInt8], _ violation: RuleViolation) -> DecodedText.Failure {
    DecodedText.Failure(line: line + bytes[..<place].count { $0 == UInt8(ascii: "\n") }, violation: violation)
  }
}

extension RuleViolation {
  fileprivate static let workbook = RuleViolation(
    rule: "FILE_WORKBOOK", message: "文件内容是 Excel 工作簿，不是文本：新格式请把文件名改为 .xlsx，旧格式(.xls)请另存为 .xlsx",
    englishMessage: "the file is an Excel workbook and no text; name it .xlsx, or save an old .xls as .xlsx")

  fileprivate static let utf16File = RuleViolation(
    rule: "FILE_ENCODING", message: "文件是 UTF-16 编码，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file is UTF-16; save it as CSV UTF-8")

  fileprivate static let zeroByte = RuleViolation(
    rule: "FILE_ENCODING", message: "文件里有空字节，不是 CSV 文本，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file holds a NUL byte and is no CSV text; save it as CSV UTF-8")

  fileprivate static let noGB18030 = RuleViolation(
    rule: "FILE_ENCODING", message: "文件不是 UTF-8，而本机缺少 GB18030 转换表，请另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file is not UTF-8 and this machine's glibc has no GB18030; save it as CSV UTF-8")

  fileprivate static let changedMeanwhile = RuleViolation(
    rule: "FILE_CHANGED", message: "文件在读的时候变了，请等它写完再导入", englishMessage: "the file changed while it was read")

  static func fileTooLong(_ bytesMax: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_BYTES", message: "文件超过 \(bytesMax >> 20) MiB,请拆成几个文件分别导入",
      englishMessage: "the file has more than \(bytesMax >> 20) MiB; split it")
  }

  fileprivate static func unknownEncoding(offset: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_ENCODING",
      message: "第 \(offset) 字节处既不是 UTF-8 也不是 GB18030，文件可能损坏，请另存为“CSV UTF-8(逗号分隔)”",
      englishMessage: "byte \(offset) is neither UTF-8 nor GB18030; the file may be damaged, save it as CSV UTF-8")
  }
}
