internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanStorage
internal import GuobanWire

/// Grouped figures over any record type, as far as the caller may see it.
struct QueryService: Sendable {
  private let dependencies: ServiceDependencies
  private var limits: ServiceLimits { dependencies.limits }

  init(_ dependencies: ServiceDependencies) {
    self.dependencies = dependencies
  }

  var methods: [MethodDefinition] {
    [
      MethodDefinition("/guoban.v1.QueryService/Query") { call in
        call.onWorker { try query($0) }
      }
    ]
  }

  private func query(_ call: ServerCall) throws {
    let request = try Ledger.QueryRequest(packed: call.message, limits: limits.decode)
    let catalog = dependencies.filters.catalog
    let asked = request.query ?? Reporting.DataQuery()
    let parsed = try GroupQuery(asked, filters: dependencies.filters, rowsMax: limits.queryRowsMax)
    try refuseHidden(parsed.source, call.principal)
    guard parsed.measures.count + parsed.groupBy.count <= limits.queryColumnsMax,
      parsed.orderBy.count <= limits.queryColumnsMax
    else {
      throw StorageError(.tooLarge, "一次查询最多 \(limits.queryColumnsMax) 列")
    }
    var response = try dependencies.store(for: call.principal).read { reader in
      let query = try parsed.dated(by: reader, catalog: catalog)
      var response = Ledger.QueryResponse(revision: try reader.revision, period: query.period?.description ?? "")
      if request.explain { response.plan = try reader.plan(of: query) }
      let result = try reader.group(query)
      response.more = result.more
      response.columns = Reporting.Columns(query: asked.name, columns: result.packedColumns())
      return response
    }
    response.meanings = try meanings(parsed, catalog)
    call.reply(response.packed())
  }

  /// Types that not everybody who reads records may read.
  private func refuseHidden(_ source: String, _ principal: Principal) throws {
    let definition = RecordCatalog.all.first { definition in
      definition.name == source || definition.type.schema.children.contains { $0.name == source }
    }
    guard let definition, !principal.may(definition.type.readPermission) else { return }
    throw Status(.permissionDenied, "\(principal.name) 不能查询 \(source)").reason("SOURCE_DENIED")
  }

  private func meanings(_ query: GroupQuery, _ catalog: SchemaCatalog) throws -> [Ledger.ColumnMeaning] {
    let keys = try query.groupBy.map { text in
      let key = GroupKey(text)
      let found = try catalog.resolve(key.path, in: query.source)
      let isDate = key.part.flatMap(GroupKey.DatePart.init(rawValue:)) != nil
      let references = found.references ?? (found.column == "key" ? found.steps.last?.target ?? query.source : "")
      return Ledger.ColumnMeaning(name: text, unit: unit(key.path), references: isDate ? "" : references)
    }
    return keys
      + query.measures.flatMap { measure in
        zip(measure.resultNames, measure.columns + [""]).map { name, column in
          let isAmount = if case .countDistinct = measure { false } else { true }
          return Ledger.ColumnMeaning(name: name, unit: isAmount ? unit(column) : "")
        }
      }
  }

  private func unit(_ column: String) -> String {
    column.hasSuffix("_fen") ? "fen" : column.hasSuffix("_permille") ? "permille" : ""
  }
}
