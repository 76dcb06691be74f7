internal import GuobanModel

/// "20231121T014233Z-000000000042": when a snapshot was taken, and the ledger's revision then. Ids order by time.
public struct SnapshotID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Seconds since 1970.
  public let epochSeconds: Int64
  public let revision: UInt64
  public let description: String

  private static let revisionDigitsMin = 12

  /// Names a snapshot; nil for a time outside the years 1…9999.
  public init?(epochSeconds: Int64, revision: UInt64) {
    guard let time = try? CivilDateTime(epochSeconds: epochSeconds, in: .utc) else { return nil }
    self.epochSeconds = epochSeconds
    self.revision = revision
    let date = zeroPadded(time.date.year, 4) + zeroPadded(time.date.month, 2) + zeroPadded(time.date.day, 2)
    let clock = zeroPadded(time.hour, 2) + zeroPadded(time.minute, 2) + zeroPadded(time.second, 2)
    description = "\(date)T\(clock)Z-\(zeroPadded(revision, Self.revisionDigitsMin))"
  }

  /// Reads an id in exactly the form that ``description`` has, so that none can reach outside its folder.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard (29...37).contains(bytes.count), let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[4..<6]),
      let day = Self.number(bytes[6..<8]), let hour = Self.number(bytes[9..<11]),
      let minute = Self.number(bytes[11..<13]), let second = Self.number(bytes[13..<15]),
      let revision = UInt64(String(decoding: bytes[17...], as: UTF8.self)),
      let date = try? CivilDate(year: year, month: month, day: day),
      let time = try? CivilDateTime(date, hour: hour, minute: minute, second: second)
    else { return nil }
    self.init(epochSeconds: time.epochSeconds(in: .utc), revision: revision)
    guard description == String(text) else { return nil }
  }

  public static func < (left: SnapshotID, right: SnapshotID) -> Bool {
    (left.epochSeconds, left.revision) < (right.epochSeconds, right.revision)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }
}
