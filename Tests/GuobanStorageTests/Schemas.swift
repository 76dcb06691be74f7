import GuobanStorage

/// Regions, projects with yearly plans: enough to have references, children and lists.
let schemas = [
  RecordSchema(
    name: "Region", columns: [ColumnSchema("name", .text), ColumnSchema("parent", .text, references: "Region")]),
  RecordSchema(
    name: "Project",
    columns: [
      ColumnSchema("name", .text), ColumnSchema("region", .text, references: "Region"),
      ColumnSchema("total_fen", .integer), ColumnSchema("tags", .textList),
    ],
    children: [ChildSchema(name: "ProjectPlan", columns: [ColumnSchema("year", .integer)])]),
]
