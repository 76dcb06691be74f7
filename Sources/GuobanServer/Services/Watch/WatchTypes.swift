internal import GuobanAccess
internal import GuobanLedger
internal import GuobanModel
internal import GuobanWire

/// Record types as bits of a number, and who may watch which.
enum WatchTypes {
  private static let bits: [String: UInt64] = {
    precondition(RecordCatalog.all.count <= UInt64.bitWidth, "more record types than bits")
    return Dictionary(
      uniqueKeysWithValues: RecordCatalog.all.enumerated().map { ($1.name, UInt64(1) << UInt64($0)) })
  }()

  /// The permission that reading a record of each type takes. A type that no method gives out is not among them.
  private static let permissions: [(bit: UInt64, permission: Permission)] = RecordCatalog.all.compactMap { definition in
    let isGivenOut = DeclaredMethods.all.keys.contains { $0.hasSuffix("/Get\(definition.name)") }
    return isGivenOut ? (bit(of: definition.name), definition.type.readPermission) : nil
  }

  /// The types that everybody sees, whatever region he is held to.
  static let shared = RecordCatalog.all.filter { $0.type.isShared }.reduce(0) { $0 | bit(of: $1.name) }

  /// The types that some method gives out, for messages.
  static let names = RecordCatalog.all.map(\.name)
    .filter { name in permissions.contains { $0.bit == bit(of: name) } }.joined(separator: ", ")

  /// None for a type that this program does not know.
  static func bit(of type: String) -> UInt64 { bits[type] ?? 0 }

  /// What one may read, one may watch, and nothing else.
  static func allowed(to principal: Principal) -> UInt64 {
    permissions.reduce(0) { principal.may($1.permission) ? $0 | $1.bit : $0 }
  }
}
