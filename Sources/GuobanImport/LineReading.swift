internal import GuobanModel

/// A JSONL file: one record a line, as proto3 JSON.
struct LineReading: RecordReading {
  /// What an import wrote beside the record; it is not read.
  static let reasonField = "_reason"

  let typeName: String
  let limits: ImportLimits
  let key: @Sendable (_ packed: [UInt8]) -> String?
  private var source: TextSource?
  private var fault: SourceFault?
  private var buffer: [UInt8] = []
  private var position = 0
  private var line = 0
  private var keys = KeyLedger()

  init(
    typeName: String, limits: ImportLimits, key: @escaping @Sendable ([UInt8]) -> String?,
    _ open: () throws(RuleViolation) -> any ByteSource
  ) {
    self.typeName = typeName
    self.limits = limits
    self.key = key
    do throws(DecodedText.Failure) {
      source = try TextSource(bytesMax: limits.fileBytesMax, open)
    } catch {
      fault = SourceFault(line: error.line, violation: error.violation)
    }
  }

  mutating func next(_ log: inout ReadingLog) -> ImportedRecord? {
    if let source { log.encoding = source.encoding }
    while fault == nil, let text = nextLine() {
      guard text.contains(where: { !$0.isWhitespace }) else { continue }
      log.rowCount += 1
      guard log.rowCount <= limits.rowsMax else {
        fault = SourceFault(line: line, violation: .tooManyRows(limits.rowsMax))
        break
      }
      do throws(RuleViolation) {
        let bytes = try RecordJSON.packed(Self.withoutReason(text), as: typeName)
        // A line that held nothing but a reason.
        if bytes.isEmpty, text.contains(Self.reasonField) {
          log.rowCount -= 1
          continue
        }
        if let key = key(bytes), let first = keys.line(of: key, now: line) {
          throw .repeatedKey(key, firstLine: first)
        }
        return ImportedRecord(bytes: bytes, line: line)
      } catch {
        log.report(line, error)
      }
    }
    if let fault { log.report(fault.line, fault.violation) }
    fault = nil
    source = nil
    buffer = []
    position = 0
    return nil
  }

  /// `{"name": "x", "_reason": "…"}` without its last field, which an import put there.
  static func withoutReason(_ line: String) -> String {
    guard let start = line.ranges(of: "\"\(reasonField)\":").last else { return line }
    let before = line[..<start.lowerBound].trimmingEnd { $0.isWhitespace || $0 == "," }
    return before + "}"
  }

  private mutating func nextLine() -> String? {
    var search = position
    while true {
      if let end = buffer[search...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return text(position..<end)
      }
      search = buffer.count
      guard buffer.count - position <= limits.lineBytesMax else {
        fault = SourceFault(line: line + 1, violation: .lineTooLong(limits.lineBytesMax))
        return nil
      }
      do throws(DecodedText.Failure) {
        let piece = try source?.next() ?? []
        if piece.isEmpty {
          defer { position = buffer.count }
          return position < buffer.count ? text(position..<buffer.count) : nil
        }
        buffer.removeFirst(position)
        search -= position
        position = 0
        buffer += piece
      } catch {
        fault = SourceFault(line: error.line, violation: error.violation)
        return nil
      }
    }
  }

  private mutating func text(_ range: Range<Int>) -> String {
    line += 1
    return String(decoding: buffer[range], as: UTF8.self)
  }
}

extension Substring {
  fileprivate func trimmingEnd(_ isTrimmed: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return String(text)
  }
}

extension RuleViolation {
  fileprivate static func lineTooLong(_ bytesMax: Int) -> RuleViolation {
    RuleViolation(
      rule: "LINE_BYTES", message: "这一行超过 \(bytesMax) 字节", englishMessage: "the line has more than \(bytesMax) bytes")
  }
}
