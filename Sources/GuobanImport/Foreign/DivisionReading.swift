internal import GuobanMessages
internal import GuobanModel

/// Statistical division files as they are passed around: `code,name,provinceCode…` with codes of 2, 4, 6 or 9 digits.
///
/// The codes become GB/T 2260's six digits. What is no region there is left out and said: the headings 市辖区 and 县 of the
/// municipalities and 省直辖县级行政区划 (their regions answer to the province), and a city without districts given again
/// as its own district. Codes from 71 to 79 in the last two places are the statisticians' own for development zones.
struct DivisionReading: RecordReading {
  static let zoneGroup = "功能区"
  private static let municipalities: Set<Substring> = ["11", "12", "31", "50"]

  private let limits: ImportLimits
  private var source: (any RowSource)?
  private var fault: SourceFault?
  private var columns: [String]?
  private var keys = KeyLedger()
  private var headings: [String] = []
  private var twins: [String] = []

  init(limits: ImportLimits, source: () throws(SourceFault) -> any RowSource) {
    self.limits = limits
    do throws(SourceFault) {
      self.source = try source()
    } catch {
      fault = error
    }
  }

  /// Whether these are the heads of such a file.
  static func isOne(_ heads: [String]) -> Bool {
    let names = Set(heads.map(\.trimmed))
    return names.isSuperset(of: ["code", "name"])
      && names.isSubset(of: ["code", "name", "provinceCode", "cityCode", "areaCode"])
  }

  mutating func next(_ log: inout ReadingLog) -> ImportedRecord? {
    do throws(SourceFault) {
      if let fault { throw fault }
      log.encoding = source?.encoding ?? .utf8
      while let row = try source?.next() {
        if row.isBlank { continue }
        guard let columns else {
          columns = row.cells.map(\.trimmed)
          log.headerLine = row.line
          log.reasonColumn = row.cells.count
          // Whatever else the ledger knows of a region is not theirs.
          log.mask = ["code", "name", "kind", "parent"]
          for name in row.cells { log.heads[name.trimmed] = name.trimmed }
          continue
        }
        log.rowCount += 1
        guard log.rowCount <= limits.rowsMax else {
          throw SourceFault(line: row.line, violation: .tooManyRows(limits.rowsMax))
        }
        do throws(RuleViolation) {
          guard let region = try region(row, columns) else { continue }
          if let first = keys.line(of: region.code, now: row.line) { throw .repeatedKey(region.code, firstLine: first) }
          return ImportedRecord(bytes: region.packed(), line: row.line)
        } catch {
          log.report(row.line, error)
        }
      }
    } catch {
      log.report(error.line, error.violation)
    }
    finish(&log)
    return nil
  }

  private mutating func finish(_ log: inout ReadingLog) {
    if columns == nil, log.problems.isEmpty { log.report(0, .emptyFile) }
    if !headings.isEmpty {
      log.notes.append("没有导入 \(headings.count) 个汇总名称（不是区划，其下的区县直接归省级）：\(headings.joined(separator: "、"))")
    }
    if !twins.isEmpty {
      log.notes.append("没有导入 \(twins.count) 个不设区的市的重复行（市一级已有）：\(twins.joined(separator: "、"))")
    }
    source = nil
    fault = nil
    headings = []
    twins = []
  }

  /// Nil for what is no region.
  private mutating func region(_ row: SourceRow, _ columns: [String]) throws(RuleViolation) -> Ledger.Region? {
    func cell(_ name: String) -> String {
      columns.firstIndex(of: name).flatMap { row.cells.indices.contains($0) ? row.cells[$0].trimmed : nil } ?? ""
    }
    let digits = cell("code")
    let name = cell("name")
    guard [2, 4, 6, 9].contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      throw RuleViolation(
        rule: "DIVISION_CODE", message: "代码“\(digits.prefix(20))”应为 2、4、6 或 9 位数字",
        englishMessage: "code \(digits.prefix(20)) must have 2, 4, 6 or 9 digits")
    }
    var region = Ledger.Region(name: name)
    switch digits.count {
    case 2:
      region.kind = .province
      region.code = digits + "0000"
    case 4:
      guard !isHeading(city: digits[...]) else {
        headings.append("\(digits) \(name)")
        return nil
      }
      region.kind = .city
      region.code = digits + "00"
      region.parent = digits.prefix(2) + "0000"
    case 6:
      guard !digits.hasSuffix("00") else {
        twins.append("\(digits) \(name)")
        return nil
      }
      let city = digits.prefix(4)
      region.code = digits
      region.parent = isHeading(city: city) ? digits.prefix(2) + "0000" : city + "00"
      let isZone = digits.dropFirst(4).first == "7"
      region.kind = isZone ? .zone : .county
      if isZone { region.rankGroup = Self.zoneGroup }
    default:
      region.kind = .township
      region.code = digits
      region.parent = String(digits.prefix(6))
    }
    region.code = try RegionCode(region.code).text
    return region
  }

  /// Whether the four digits head a list instead of naming a city.
  private func isHeading(city: Substring) -> Bool {
    city.hasSuffix("90") || Self.municipalities.contains(city.prefix(2))
  }
}
