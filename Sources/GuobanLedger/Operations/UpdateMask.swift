internal import GuobanMessages

/// Which fields an update writes (AIP-161). Works on packed bytes, so that it is the same for every record type.
struct UpdateMask {
  /// nil = every field.
  private let numbers: Set<UInt32>?
  /// Fields that hang on those: see ``LedgerRecord/hangingFields``.
  private let hanging: Set<UInt32>

  /// Checks the paths against the record type. An empty mask, or "*", stands for every field.
  init<Record: LedgerRecord>(_ paths: [String], for type: Record.Type) throws(LedgerError) {
    if paths.isEmpty || paths == ["*"] {
      numbers = nil
      hanging = []
      return
    }
    var numbers = Set<UInt32>()
    var violations: [RecordViolation] = []
    for (index, path) in paths.enumerated() {
      if path != "meta", let number = type.fieldNumber(named: path) {
        numbers.insert(number)
      } else {
        let known = type.fieldNames.filter { $0 != "meta" }.joined(separator: ", ")
        violations.append(
          RecordViolation(
            field: "update_mask.paths[\(index)]", value: path, rule: "UNKNOWN_FIELD",
            "“\(path)”不是可以修改的字段；可用的有：\(known)（只到第一层，如 milestones 要整项提交）",
            "“\(path)” is no field that can be changed; there are: \(known) (of the first level only: milestones, for one, is given whole)"
          ))
      }
    }
    guard violations.isEmpty else { throw .invalid(violations) }
    self.numbers = numbers
    hanging = Set(paths.compactMap { type.hangingFields[$0].flatMap { type.fieldNumber(named: $0) } }).subtracting(
      numbers)
  }

  /// `stored` with the masked fields as they are in `given`, without what hangs on these.
  func merge<Record: LedgerRecord>(_ given: Record, into stored: Record) throws -> Record {
    guard let numbers else { return given }
    let kept = PackedFields(stored.packed()).fields.filter {
      !numbers.contains($0.number) && !hanging.contains($0.number)
    }
    let taken = PackedFields(given.packed()).fields.filter { numbers.contains($0.number) }
    return try Record(packed: (kept + taken).flatMap(\.bytes), limits: .standard)
  }
}

/// The top-level fields of a message that this process has packed itself.
struct PackedFields {
  /// One field, tag included.
  struct Field {
    var number: UInt32
    var bytes: ArraySlice<UInt8>
  }

  private(set) var fields: [Field] = []

  init(_ packed: [UInt8]) {
    var rest = packed[...]
    while !rest.isEmpty {
      let start = rest.startIndex
      let tag = Self.varint(&rest)
      switch tag & 7 {
      case 0: _ = Self.varint(&rest)
      case 1: rest = rest.dropFirst(8)
      case 2:
        let length = Self.varint(&rest)
        rest = rest.dropFirst(Int(clamping: length))
      default: rest = rest.dropFirst(4)
      }
      fields.append(Field(number: UInt32(truncatingIfNeeded: tag >> 3), bytes: packed[start..<rest.startIndex]))
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return value
  }
}
