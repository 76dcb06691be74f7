internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// What registers have beyond other records: a description, and entries that are listed by their fields' names.
struct RegisterService: Sendable {
  private let dependencies: ServiceDependencies
  private var limits: ServiceLimits { dependencies.limits }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/guoban.v1.RegisterService/DescribeRegister") { call in call.onWorker { try describe($0) } },
      MethodDefinition("/guoban.v1.EntryService/ListEntries") { call in call.onWorker { try list($0) } },
    ]
  }

  private func describe(_ call: ServerCall) throws {
    let request = try Ledger.DescribeRegisterRequest(packed: call.message, limits: limits.decode)
    let response = try dependencies.read(for: call) { reader in
      let register = try reader.register(request.key)
      let counted = try reader.group(
        GroupQuery(source: register.view.name, filter: nil, groupBy: [], measures: [.count], rowsMax: 1),
        over: register.view)
      var response = Ledger.DescribeRegisterResponse(register: register.definition)
      if case .integer(let count)? = counted.columns.first?.first { response.entries = UInt64(clamping: count) }
      return response
    }
    call.reply(response.packed())
  }

  private func list(_ call: ServerCall) throws {
    let request = try Ledger.ListEntriesRequest(packed: call.message, limits: limits.decode)
    let plain = Ledger.ListRecordsRequest(
      pageSize: request.pageSize, pageToken: request.pageToken, filter: request.filter)
    let response = try dependencies.read(for: call) { reader in
      let view = request.register.isEmpty ? nil : try reader.register(request.register).view
      return try Page(plain, type: "Entry", view: view, filters: dependencies.filters, limits: limits).run(reader)
    }
    call.reply(response.packed())
  }
}

extension LedgerReader {
  /// What a register says of its entries. Throws NOT_FOUND when there is none of this id.
  func register(_ id: String) throws -> (definition: Ledger.Register, view: SourceView) {
    guard let bytes = try record("Register", id) else { throw LedgerError.notFound("Register", id) }
    let definition = try Ledger.Register(packed: bytes, limits: .standard)
    return (definition, SourceView(definition))
  }
}
