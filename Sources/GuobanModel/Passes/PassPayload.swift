/// What the QR code of a pass says: enough to judge the vehicle in front of a checkpoint, and no personal data.
///
/// Compact and versioned; ``bytes`` is what is signed. One payload has one form: what decodes encodes to the same bytes.
public struct PassPayload: Sendable, Hashable {
  public var number: PassNumber
  /// `PassKind`'s number in Proto/.
  public var kind: UInt8
  public var plate: Plate
  /// `PlateColor`'s number in Proto/.
  public var plateColor: UInt8
  public var validFrom: CivilDate
  public var validUntil: CivilDate
  /// Region codes.
  public var origin: String
  public var destination: String
  /// One bit per `PassCondition` of Proto/: 1 << (number − 1).
  public var conditions: UInt8
  public var loadKg: UInt32
  /// Cut to ``goodsBytesMax``.
  public var goods: String

  /// What a payload may hold.
  public enum Limit {
    public static let goodsBytesMax = 30
    public static let plateBytesMax = 16
    public static let regionBytesMax = 32
    /// From the first day; far more than a pass may be good for.
    public static let daysMax = 0xFFFF
    public static let bytesMax = 256
  }

  /// The first byte of every payload of this form.
  public static let version: UInt8 = 1
  /// Days are counted from here.
  static let firstDay = 10_957  // 2000-01-01

  public init(
    number: PassNumber, kind: UInt8, plate: Plate, plateColor: UInt8, validFrom: CivilDate, validUntil: CivilDate,
    origin: String, destination: String, conditions: UInt8, loadKg: UInt32, goods: String
  ) {
    self.number = number
    self.kind = kind
    self.plate = plate
    self.plateColor = plateColor
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.origin = origin
    self.destination = destination
    self.conditions = conditions
    self.loadKg = loadKg
    self.goods = Self.cut(goods)
  }

  /// The form that is signed.
  ///
  /// - Throws: `PASS_PAYLOAD` when a value does not fit.
  public func bytes() throws(RuleViolation) -> [UInt8] {
    let from = validFrom.daysSinceEpoch - Self.firstDay
    let days = validUntil.daysSinceEpoch - validFrom.daysSinceEpoch
    guard (0...0xFFFF).contains(from), (0...Limit.daysMax).contains(days), kind < 16, plateColor < 16,
      loadKg < 1 << 24, origin.utf8.count <= Limit.regionBytesMax, destination.utf8.count <= Limit.regionBytesMax
    else { throw Self.violation("有一项超出编码范围", "a value does not fit") }
    var out = PassPayloadWriter()
    out.byte(Self.version)
    out.integer(UInt64(number.text) ?? 0, bytes: 5)
    out.byte(kind << 4 | plateColor)
    out.integer(UInt64(from), bytes: 2)
    out.integer(UInt64(days), bytes: 2)
    out.byte(conditions)
    out.integer(UInt64(loadKg), bytes: 3)
    out.text(plate.text)
    out.text(origin)
    out.text(destination)
    out.text(goods)
    return out.bytes
  }

  /// Reads a payload whose signature was found good, or nothing: no byte may be left, none may be another way to say the
  /// same.
  ///
  /// - Throws: `PASS_PAYLOAD`.
  public init(bytes: [UInt8]) throws(RuleViolation) {
    guard bytes.count <= Limit.bytesMax, bytes.first == Self.version else {
      throw Self.violation(
        "版本 \(bytes.first ?? 0) 这个程序不认识，请升级", "its version \(bytes.first ?? 0) is not known to this program")
    }
    var input = PassPayloadReader(rest: bytes.dropFirst())
    let number = try input.integer(bytes: 5)
    let kinds = UInt8(try input.integer(bytes: 1))
    let from = try CivilDate(daysSinceEpoch: Self.firstDay + Int(try input.integer(bytes: 2)))
    let days = Int(try input.integer(bytes: 2))
    let conditions = UInt8(try input.integer(bytes: 1))
    let loadKg = UInt32(try input.integer(bytes: 3))
    let plate = try input.text(max: Limit.plateBytesMax)
    let origin = try input.text(max: Limit.regionBytesMax)
    let destination = try input.text(max: Limit.regionBytesMax)
    let goods = try input.text(max: Limit.goodsBytesMax)
    guard input.rest.isEmpty else { throw Self.violation("末尾有多余内容", "something follows it") }
    self.init(
      number: try PassNumber(zeroPadded(number, 12)), kind: kinds >> 4,
      plate: try Plate(plate), plateColor: kinds & 15, validFrom: from, validUntil: try from.addingDays(days),
      origin: origin, destination: destination, conditions: conditions, loadKg: loadKg, goods: goods)
    guard try self.bytes() == bytes else { throw Self.violation("不是规范的写法", "it is not in its canonical form") }
  }

  /// Whole characters only.
  private static func cut(_ text: String) -> String {
    var kept = ""
    for character in text {
      if kept.utf8.count + character.utf8.count > Limit.goodsBytesMax { break }
      kept.append(character)
    }
    return kept
  }

  static func violation(_ chinese: String, _ english: String) -> RuleViolation {
    RuleViolation(
      rule: "PASS_PAYLOAD", message: "二维码内容不能识别：\(chinese)", englishMessage: "the payload cannot be read: \(english)")
  }
}

/// Appends fields, the most significant byte first; texts after their length.
private struct PassPayloadWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func integer(_ value: UInt64, bytes count: Int) {
    bytes += BigEndian.bytes(value).suffix(count)
  }

  mutating func text(_ text: String) {
    bytes.append(UInt8(clamping: text.utf8.count))
    bytes += Array(text.utf8)
  }
}

/// Takes fields from the front; throws where there is too little.
private struct PassPayloadReader {
  var rest: ArraySlice<UInt8>

  mutating func integer(bytes count: Int) throws(RuleViolation) -> UInt64 {
    try take(count).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func text(max: Int) throws(RuleViolation) -> String {
    let count = Int(try integer(bytes: 1))
    guard count <= max, let text = String(validating: try take(count), as: UTF8.self) else {
      throw PassPayload.violation("文字不对", "a text is not one")
    }
    return text
  }

  private mutating func take(_ count: Int) throws(RuleViolation) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw PassPayload.violation("内容不全", "it is cut short") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
