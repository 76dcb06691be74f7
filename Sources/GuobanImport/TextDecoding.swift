internal import Glibc
public import GuobanModel

/// How a file's text was written.
public enum TextEncoding: String, Sendable {
  case utf8 = "UTF-8"
  case gb18030 = "GB18030"
}

/// The text of a file as UTF-8 without a byte order mark.
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
    if file.starts(with: [0x50, 0x4B, 3, 4]) || file.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      throw Failure(line: 0, violation: .workbook)
    }
    if file.starts(with: [0xFF, 0xFE]) || file.starts(with: [0xFE, 0xFF]) {
      throw Failure(line: 0, violation: .utf16File)
    }
    let body = file.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file.dropFirst(3)) : file
    if let zero = body.firstIndex(of: 0) { throw Failure(line: lineNumber(of: zero, in: body), violation: .zeroByte) }
    if String(validating: body, as: UTF8.self) != nil {
      bytes = body
      encoding = .utf8
      return
    }
    switch GB18030.decode(body) {
    case .text(let text):
      bytes = text
      encoding = .gb18030
    case .invalid(let offset):
      throw Failure(line: lineNumber(of: offset, in: body), violation: .unknownEncoding(offset: offset))
    case .unavailable:
      throw Failure(line: 0, violation: .noGB18030)
    }
  }
}

/// glibc's strict GB18030 decoder.
private enum GB18030 {
  enum Outcome {
    case text([UInt8])
    case invalid(offset: Int)
    case unavailable
  }

  static func decode(_ file: [UInt8]) -> Outcome {
    let converter = iconv_open("UTF-8", "GB18030")
    // iconv_open reports failure as (iconv_t)-1.
    guard let converter, Int(bitPattern: converter) != -1 else { return .unavailable }
    defer { iconv_close(converter) }
    // A GB18030 character of one, two or four bytes has at most one, three or four bytes of UTF-8.
    let capacity = file.count * 3 / 2 + 4
    var invalidOffset: Int?
    let text = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      file.withUnsafeBytes { input in
        // Safety: iconv reads `input` and never writes to it, though C declares the pointer mutable; both buffers
        // outlive the call, and iconv stops at the lengths that it is given.
        var source = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(to: CChar.self)
        var sourceLeft = input.count
        var target = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self)
        var targetLeft = capacity
        let result = iconv(converter, &source, &sourceLeft, &target, &targetLeft)
        if result == -1 { invalidOffset = input.count - sourceLeft }
        count = capacity - targetLeft
      }
    }
    return invalidOffset.map { .invalid(offset: $0) } ?? .text(text)
  }
}

private func lineNumber(of offset: Int, in bytes: [UInt8]) -> Int {
  1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
}

extension RuleViolation {
  fileprivate static let workbook = RuleViolation(
    rule: "FILE_WORKBOOK", message: "文件是 Excel 工作簿，不是 CSV，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file is an Excel workbook and no CSV; save it as CSV UTF-8")

  fileprivate static let utf16File = RuleViolation(
    rule: "FILE_ENCODING", message: "文件是 UTF-16 编码，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file is UTF-16; save it as CSV UTF-8")

  fileprivate static let zeroByte = RuleViolation(
    rule: "FILE_ENCODING", message: "文件里有空字节，不是 CSV 文本，请在 Excel 中另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file holds a NUL byte and is no CSV text; save it as CSV UTF-8")

  fileprivate static let noGB18030 = RuleViolation(
    rule: "FILE_ENCODING", message: "文件不是 UTF-8，而本机缺少 GB18030 转换表，请另存为“CSV UTF-8(逗号分隔)”",
    englishMessage: "the file is not UTF-8 and this machine's glibc has no GB18030; save it as CSV UTF-8")

  fileprivate static func unknownEncoding(offset: Int) -> RuleViolation {
    RuleViolation(
      rule: "FILE_ENCODING",
      message: "第 \(offset) 字节处既不是 UTF-8 也不是 GB18030，文件可能损坏，请另存为“CSV UTF-8(逗号分隔)”",
      englishMessage: "byte \(offset) is neither UTF-8 nor GB18030; the file may be damaged, save it as CSV UTF-8")
  }
}
