extension GroupResult {
  /// The rows in the order that `query` asks for, exactly, and no more of them than it asks for: for a backend that cannot
  /// order by a ratio itself. Rows must come in the order of the group keys.
  public func ordered(by query: GroupQuery) -> GroupResult {
    let orders = query.orderBy.compactMap { order -> (indexes: [Int], descending: Bool)? in
      let measure = query.measures.first { $0.name == order.column }
      let indexes = (measure?.resultNames ?? [order.column]).compactMap { names.firstIndex(of: $0) }
      return indexes.isEmpty ? nil : (indexes, order.descending)
    }
    let count = columns.first?.count ?? 0
    let rows = (0..<count).sorted { left, right in
      for order in orders {
        let comparison = compare(left, right, order.indexes, descending: order.descending)
        if comparison != 0 { return comparison < 0 }
      }
      return left < right
    }
    let kept = rows.prefix(query.limit ?? count)
    return GroupResult(
      names: names, columns: columns.map { column in kept.map { column[$0] } }, more: more || kept.count < count)
  }

  /// Below zero when row `left` comes first. What has no value comes last, whatever the direction.
  private func compare(_ left: Int, _ right: Int, _ indexes: [Int], descending: Bool) -> Int {
    if indexes.count == 2 {
      return compare(ratio(left, indexes), ratio(right, indexes), descending) { one, other in
        // Denominators are above zero; 64 × 64 bits fit into 128.
        let (near, far) = (Int128(one.0) * Int128(other.1), Int128(other.0) * Int128(one.1))
        return near < far ? -1 : near > far ? 1 : 0
      }
    }
    let column = columns[indexes[0]]
    return compare(present(column[left]), present(column[right]), descending) { one, other in
      switch (one, other) {
      case (.integer(let one), .integer(let other)): one < other ? -1 : one > other ? 1 : 0
      case (.text(let one), .text(let other)):
        one == other ? 0 : one.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
      default: 0
      }
    }
  }

  private func compare<Value>(
    _ left: Value?, _ right: Value?, _ descending: Bool, _ order: (Value, Value) -> Int
  ) -> Int {
    switch (left, right) {
    case (nil, nil): 0
    case (nil, _): 1
    case (_, nil): -1
    case (let left?, let right?): descending ? -order(left, right) : order(left, right)
    }
  }

  private func present(_ value: ColumnValue) -> ColumnValue? { value == .null ? nil : value }

  /// Numerator and denominator, the latter above zero; nil where there is no ratio.
  private func ratio(_ row: Int, _ indexes: [Int]) -> (Int64, Int64)? {
    guard case .integer(let numerator) = columns[indexes[0]][row],
      case .integer(let denominator) = columns[indexes[1]][row], denominator != 0
    else { return nil }
    guard denominator < 0 else { return (numerator, denominator) }
    guard numerator != .min, denominator != .min else { return nil }
    return (-numerator, -denominator)
  }
}
