internal import Foundation
internal import GuobanMessages
internal import GuobanModel

/// A year of the State Council's notices as JSON: `{"year": 2023, "days": [{"name", "date", "isOffDay"}]}`.
struct HolidayReading: RecordReading {
  private static let bytesMax = 1 << 20

  private var days: [Ledger.Holiday] = []
  private var fault: SourceFault?
  private var keys = KeyLedger()
  private var place = 0

  private struct File: Decodable {
    var year: Int32
    var days: [Day]
    struct Day: Decodable {
      var name: String
      var date: String
      var isOffDay: Bool
    }
  }

  init(_ open: () throws(RuleViolation) -> any ByteSource) {
    do throws(RuleViolation) {
      var source = try open()
      var bytes: [UInt8] = []
      while true {
        let piece = try source.next()
        if piece.isEmpty { break }
        bytes += piece
        guard bytes.count <= Self.bytesMax else { throw .fileTooLong(Self.bytesMax) }
      }
      guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)) else { throw .notHolidays }
      days = file.days.map { day in
        Ledger.Holiday(date: day.date, name: day.name, kind: day.isOffDay ? .dayOff : .workday, year: file.year)
      }
    } catch {
      fault = SourceFault(line: 0, violation: error)
    }
  }

  mutating func next(_ log: inout ReadingLog) -> ImportedRecord? {
    if let fault { log.report(fault.line, fault.violation) }
    fault = nil
    while place < days.count {
      let day = days[place]
      place += 1
      log.rowCount += 1
      do throws(RuleViolation) {
        _ = try CivilDate(day.date)
        if let first = keys.line(of: day.date, now: place) { throw .repeatedKey(day.date, firstLine: first) }
        return ImportedRecord(bytes: day.packed(), line: place)
      } catch {
        log.report(place, error)
      }
    }
    return nil
  }
}

extension RuleViolation {
  fileprivate static let notHolidays = RuleViolation(
    rule: "HOLIDAY_FILE", message: "不是节假日文件：应为 {\"year\": 2023, \"days\": [{\"name\", \"date\", \"isOffDay\"}]}",
    englishMessage: "this is no file of holidays: {\"year\", \"days\": [{\"name\", \"date\", \"isOffDay\"}]}")
}
