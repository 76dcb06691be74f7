internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage

/// From one version of a register to the next: what the change would orphan or invalidate.
struct RegisterChange {
  let old: Ledger.Register
  let new: Ledger.Register

  init(from old: Ledger.Register, to new: Ledger.Register) {
    self.old = old
    self.new = new
  }

  /// Something that entries may stand in the way of.
  struct Obstacle {
    /// For the operator: what the change does.
    let change: String
    /// The same in English, to follow "it".
    let englishChange: String
    /// Which entries it would orphan or invalidate; nil for all of the register.
    let filter: Filter?

    init(_ change: String, _ englishChange: String, filter: Filter?) {
      self.change = change
      self.englishChange = englishChange
      self.filter = filter
    }
  }

  /// In the order of the old fields, then the new ones. None: whatever the entries hold, they stay good.
  var obstacles: [Obstacle] {
    var obstacles: [Obstacle] = []
    for field in old.fields {
      let filled = Filter.compare(column: field.column, .notEqual, .null)
      guard let after = new.fields.first(where: { $0.name == field.name }) else {
        obstacles.append(
          Obstacle("去掉字段“\(field.shown)”，但它已有值", "removes the field “\(field.shown)”, which has values", filter: filled)
        )
        continue
      }
      guard field.isKept(as: after) else {
        obstacles.append(
          Obstacle(
            "改变字段“\(field.shown)”的类型、单位或所指，但它已有值",
            "changes the type, unit or target of the field “\(field.shown)”, which has values", filter: filled))
        continue
      }
      let gone = field.choices.filter { !after.choices.contains($0) }
      if !gone.isEmpty {
        obstacles.append(
          Obstacle(
            "去掉字段“\(field.shown)”的可选项 \(gone.joined(separator: "、"))，但还在用",
            "removes choices of the field “\(field.shown)” that are in use: \(gone.joined(separator: ", "))",
            filter: .isOne(column: field.column, of: gone)))
      }
      if after.required, !field.required {
        obstacles.append(
          Obstacle(
            "把字段“\(field.shown)”改为必填，但它还没填", "makes the field “\(field.shown)” required, which is still empty",
            filter: .compare(column: field.column, .equal, .null)))
      }
    }
    for field in new.fields where field.required && !old.fields.contains(where: { $0.name == field.name }) {
      obstacles.append(
        Obstacle(
          "增加必填字段“\(field.shown)”，但已有的条目没有它",
          "adds the required field “\(field.shown)”, which the entries that are there lack", filter: nil))
    }
    if new.region != old.region {
      let isStray: Filter.Operator = new.region == .required ? .equal : .notEqual
      let filter = Filter.compare(column: "region", isStray, .text(""))
      obstacles.append(
        new.region == .required
          ? Obstacle("改为分区划，但它没有区划", "demands a region, which it has not", filter: filter)
          : Obstacle("改为不分区划，但它有区划", "forbids a region, which it has", filter: filter))
    }
    if new.keyTemplate != old.keyTemplate {
      obstacles.append(
        Obstacle(
          "改变编号模板，但已有条目按原来的编号", "changes the template of ids, while entries have ids by the old one", filter: nil))
    }
    return obstacles
  }

  /// Throws when there are such entries: how many, and the first of them.
  func refuseInvalidated(in reader: any LedgerReader) throws {
    let found = try obstacles.compactMap { try describe($0, in: reader) }
    guard found.isEmpty else {
      throw LedgerError(
        .precondition, reason: "ENTRIES_IN_THE_WAY",
        "台账“\(new.id)”不能这样改：\(found.map(\.chinese).joined(separator: "；"))。请先改好这些条目，或把新字段设为选填",
        "the register “\(new.id)” cannot be changed so: it \(found.map(\.english).joined(separator: "; ")). Change these entries first, or make the new field optional"
      )
    }
  }

  private func describe(
    _ obstacle: Obstacle, in reader: any LedgerReader
  ) throws -> (chinese: String, english: String)? {
    let ofRegister = Filter.compare(column: "register", .equal, .text(old.id))
    let filter = obstacle.filter.narrowed(by: ofRegister)
    let shownMax = RegisterLimit.entriesShownMax
    let first = try reader.list(ListQuery(type: "Entry", filter: filter, afterKey: nil, limit: shownMax))
    if first.isEmpty { return nil }
    let counted = try reader.group(
      GroupQuery(source: "Entry", filter: filter, groupBy: [], measures: [.count], rowsMax: 1))
    guard case .integer(let count)? = counted.columns.first?.first else { return nil }
    let keys = first.map(\.key)
    let more = count > Int64(shownMax)
    return (
      "\(obstacle.change)（\(count) 条：\(keys.joined(separator: "、"))\(more ? "……" : "")）",
      "\(obstacle.englishChange) (\(count) entries: \(keys.joined(separator: ", "))\(more ? "…" : ""))"
    )
  }
}
