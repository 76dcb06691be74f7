/// A source under a name of its own: some records of one type, with names of their own for its columns.
///
/// So a register is asked like any source: `register:support` is those entries whose register is `support`, and its
/// `amount_fen` is the column of Entry that the definition put it in. Nothing below knows of views: filters and queries
/// are rewritten to the type they stand on.
public struct SourceView: Sendable, Equatable {
  /// A name of the view for a column of the base.
  public struct Column: Sendable, Equatable {
    public var name: String
    public var base: String
    /// What it can hold in the view's records, where the base can hold more.
    public var values: ColumnValues?

    /// `name` stands for `base`.
    public init(_ name: String, base: String, values: ColumnValues? = nil) {
      self.values = values
      self.name = name
      self.base = base
    }
  }

  /// As filters and queries call it.
  public var name: String
  /// The record type that it stands on.
  public var base: String
  /// Which of its records.
  public var condition: Filter
  /// Without "key" and "revision", which every source has.
  public var columns: [Column]

  /// Describes a view.
  public init(name: String, base: String, condition: Filter, columns: [Column]) {
    self.name = name
    self.base = base
    self.condition = condition
    self.columns = columns
  }

  /// A query of the base's records for one of this view. The result's columns are to be called
  /// ``GroupQuery/resultNames`` of the query before.
  public func onBase(_ query: GroupQuery) -> GroupQuery {
    var base = query
    base.source = self.base
    base.filter = onBase(query.filter)
    base.groupBy = query.groupBy.map(onBase)
    base.measures = query.measures.map { $0.renamed(onBase) }
    base.orderBy = query.orderBy.map { order in
      let measure = query.measures.first { $0.name == order.column }
      return GroupOrder(measure?.renamed(onBase).name ?? onBase(order.column), descending: order.descending)
    }
    return base
  }

  /// The filter over the base: only this view's records, and `filter`.
  public func onBase(_ filter: Filter?) -> Filter {
    filter.map { .and([condition, renamed($0)]) } ?? condition
  }

  /// "enterprise.region@city" → "enterprise_1.region@city".
  public func onBase(_ path: String) -> String {
    let first = path.prefix { $0 != "." && $0 != "@" }
    guard let column = columns.first(where: { $0.name == first }) else { return path }
    return column.base + path.dropFirst(first.count)
  }

  private func renamed(_ filter: Filter) -> Filter {
    switch filter {
    case .and(let parts): .and(parts.map(renamed))
    case .or(let parts): .or(parts.map(renamed))
    case .not(let part): .not(renamed(part))
    case .compare(let column, let comparison, let value): .compare(column: onBase(column), comparison, value)
    case .isOne(let column, let texts): .isOne(column: onBase(column), of: texts)
    case .has(let column, let text): .has(column: onBase(column), text)
    }
  }
}

extension LedgerReader {
  /// A grouped query over a view.
  public func group(_ query: GroupQuery, over view: SourceView) throws -> GroupResult {
    let result = try group(view.onBase(query))
    return GroupResult(names: query.resultNames, columns: result.columns, more: result.more)
  }
}
