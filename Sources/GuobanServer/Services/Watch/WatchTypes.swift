internal import GuobanAccess
internal import GuobanLedger

/// Record types as bits of a number, and who may watch which.
enum WatchTypes {
  private static let bits: [String: UInt64] = {
    precondition(RecordCatalog.all.count <= UInt64.bitWidth, "more record types than bits")
    return Dictionary(
      uniqueKeysWithValues: RecordCatalog.all.enumerated().map { ($1.name, UInt64(1) << UInt64($0)) })
  }()

  /// Types whose records belong to all regions at once.
  static let shared = bits(where: { $0.type.isShared })

  /// What one may read, one may watch, and nothing else.
  static func allowed(to principal: Principal) -> UInt64 {
    bits(where: { principal.may($0.type.readPermission) })
  }

  /// The types among `bits`, for messages.
  static func names(of bits: UInt64) -> String {
    RecordCatalog.all.map(\.name).filter { bit(of: $0) & bits != 0 }.joined(separator: "、")
  }

  /// None for a type that this program does not know.
  static func bit(of type: String) -> UInt64 { bits[type] ?? 0 }

  private static func bits(where isOne: (RecordDefinition) -> Bool) -> UInt64 {
    RecordCatalog.all.reduce(0) { isOne($1) ? $0 | bit(of: $1.name) : $0 }
  }
}
