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
    let response = try dependencies.read(for: call) { reader in
      let view = try SourceView.named(asked.source, in: reader)
      let parsed = try SourceQuery(asked, over: view, filters: dependencies.filters, rowsMax: limits.queryRowsMax)
      try refuseHidden(parsed.query.source, call.principal)
      guard parsed.names.count <= limits.queryColumnsMax, parsed.query.orderBy.count <= limits.queryColumnsMax else {
        throw StorageError(
          .tooLarge, "一次查询最多 \(limits.queryColumnsMax) 列", "a query has at most \(limits.queryColumnsMax) columns")
      }
      let query = try parsed.query.dated(by: reader, catalog: catalog)
      var response = Ledger.QueryResponse(revision: try reader.revision, period: query.period?.description ?? "")
      if request.explain { response.plan = try reader.plan(of: query) }
      var result = try reader.group(query)
      result.names = parsed.names
      response.more = result.more
      response.columns = Reporting.Columns(query: asked.name, columns: result.packedColumns())
      response.meanings = try meanings(query, names: parsed.names, catalog)
      return response
    }
    call.reply(response.packed())
  }

  /// Types that not everybody who reads records may read.
  private func refuseHidden(_ source: String, _ principal: Principal) throws {
    let definition = RecordCatalog.all.first { definition in
      definition.name == source || definition.type.schema.children.contains { $0.name == source }
    }
    guard let definition, !principal.may(definition.type.readPermission) else { return }
    throw Status(.permissionDenied, "\(principal.name) 不能查询 \(source)", "\(principal.name) may not query \(source)")
      .reason("SOURCE_DENIED")
  }

  /// What each column means, under the name that was asked for. What it refers to stands in the storage's own columns.
  private func meanings(
    _ query: GroupQuery, names: [String], _ catalog: SchemaCatalog
  ) throws -> [Ledger.ColumnMeaning] {
    let keys = try zip(names, query.groupBy).map { name, text in
      let key = GroupKey(text)
      let found = try catalog.resolve(key.path, in: query.source)
      let isDate = key.part.flatMap(GroupKey.DatePart.init(rawValue:)) != nil
      let references = found.references ?? (found.column == "key" ? found.steps.last?.target ?? query.source : "")
      return Ledger.ColumnMeaning(
        name: name, unit: unit(GroupKey(name).path), references: isDate ? "" : references)
    }
    let sums = names.dropFirst(query.groupBy.count).map { name in
      // "sum(plan_fen)", "ratio(done_fen,plan_fen).numerator": an amount is in its column's unit, a count in none.
      let columns = name.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }.split(separator: ",")
      let column = name.hasSuffix(".denominator") ? columns.last : columns.first
      return Ledger.ColumnMeaning(name: name, unit: name.hasPrefix("count") ? "" : unit(String(column ?? "")))
    }
    return keys + sums
  }

  private func unit(_ column: String) -> String {
    ["fen", "e6", "permille"].first { column.hasSuffix("_" + $0) } ?? ""
  }
}
