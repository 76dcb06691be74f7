import GuobanStorage

/// A record small enough to be read off its bytes: "name|region|amount|tag,tag|year:fen,year:fen".
struct Item: Sendable, Equatable {
  var key: String
  var name = ""
  var region: String?
  var amount: Int64?
  var tags: [String] = []
  var plans: [Int64: Int64] = [:]
  var type = "Project"

  static let schemas = [
    RecordSchema(name: "Region", columns: [ColumnSchema("name", .text)]),
    RecordSchema(
      name: "Project",
      columns: [
        ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"),
        ColumnSchema("amount", .integer), ColumnSchema("tags", .textList),
      ],
      children: [
        ChildSchema(name: "ProjectPlan", columns: [ColumnSchema("year", .integer), ColumnSchema("fen", .integer)])
      ],
      indexes: [["region", "amount"]], bufferedIndexes: ["name"]),
  ]

  static func region(_ key: String, _ name: String) -> Item {
    Item(key: key, name: name, type: "Region")
  }

  var bytes: [UInt8] {
    let plans = plans.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    let fields = [name, region ?? "-", amount.map(String.init) ?? "-", tags.joined(separator: ","), plans]
    return Array(fields.joined(separator: "|").utf8)
  }

  var stored: StoredRecord { stored(columns: nil) }

  /// With the columns of another schema, where its names are among the item's.
  func stored(columns schema: RecordSchema?) -> StoredRecord {
    if type == "Region" { return StoredRecord(type: type, key: key, bytes: bytes, columns: [.text(name)]) }
    let values: [String: ColumnValue] = [
      "name": .text(name), "region": region.map(ColumnValue.text) ?? .null,
      "amount": amount.map(ColumnValue.integer) ?? .null, "tags": .textList(tags),
      "name_length": .integer(Int64(name.count)),
    ]
    let names = (schema ?? Self.schemas[1]).columns.map(\.name)
    let children = (schema ?? Self.schemas[1]).children.map { _ in
      plans.sorted { $0.key < $1.key }.map { [ColumnValue.integer($0.key), .integer($0.value)] }
    }
    return StoredRecord(
      type: type, key: key, bytes: bytes, columns: names.map { values[$0] ?? .null }, children: children)
  }

  static func project(
    _ type: String, _ key: String, _ bytes: [UInt8], schemas: [RecordSchema]
  ) throws -> StoredRecord {
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
      .map(String.init)
    var item = Item(key: key, name: fields[0], type: type)
    if type == "Project" {
      item.region = fields[1] == "-" ? nil : fields[1]
      item.amount = Int64(fields[2])
      item.tags = fields[3].split(separator: ",").map(String.init)
      for plan in fields[4].split(separator: ",") {
        let parts = plan.split(separator: ":").compactMap { Int64($0) }
        item.plans[parts[0]] = parts[1]
      }
    }
    return item.stored(columns: schemas.first { $0.name == type && type == "Project" })
  }
}

extension RecordSchema {
  /// The same type in another shape.
  func with(
    columns: [ColumnSchema]? = nil, children: [ChildSchema]? = nil, indexes: [[String]]? = nil,
    bufferedIndexes: [String]? = nil, projection: Int? = nil
  ) -> RecordSchema {
    RecordSchema(
      name: name, columns: columns ?? self.columns, children: children ?? self.children,
      indexes: indexes ?? self.indexes,
      bufferedIndexes: bufferedIndexes ?? self.bufferedIndexes, regionPaths: regionPaths, yearly: yearly, tree: tree,
      holdsPersonalData: holdsPersonalData, projection: projection ?? self.projection)
  }
}
