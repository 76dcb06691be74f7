internal import GuobanClient
internal import GuobanImport
internal import GuobanMessages
internal import GuobanWire

/// What a register's name begins with where a record type is asked for.
private let registerPrefix = "register:"

/// Whether this can name records: those of a type, or a register's entries.
func isRecordType(_ name: String) -> Bool { name.hasPrefix(registerPrefix) || ImportTable.named(name) != nil }

/// The register whose entries this names; "" for a record type.
func register(named name: String) -> String {
  name.hasPrefix(registerPrefix) ? String(name.dropFirst(registerPrefix.count)) : ""
}

/// What to say about a type that nobody knows.
func unknownType(_ name: String) -> String {
  let known = ImportTable.records.map { say($0.title, $0.recordType) }.joined(separator: say("、", ", "))
  return say(
    "没有“\(name)”这种记录；有：\(known)，自定义台账写作 register:编号。",
    "There is no record type \(name); there are \(known), and register:ID for a register's entries.")
}

extension CommonOptions {
  /// The table of a record type; of a register the daemon says what its entries hold.
  func table(_ name: String) async throws -> ImportTable {
    if let table = ImportTable.named(name) { return table }
    guard name.hasPrefix(registerPrefix) else { throw Failure.input(unknownType(name)) }
    let request = Ledger.GetRecordRequest(key: register(named: name))
    return .entries(of: try await call("/guoban.v1.RegisterService/GetRegister", request, as: Ledger.Register.self))
  }
}
