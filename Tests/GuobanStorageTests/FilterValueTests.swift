import GuobanStorage
import Testing

private let projects = [
  RecordSchema(
    name: "Project",
    columns: [
      ColumnSchema("name", .text), ColumnSchema("stage", .text, values: .names(["SIGNED", "STARTED"])),
      ColumnSchema("started", .text, values: .days), ColumnSchema("month", .text, values: .months),
      ColumnSchema("plan_fen", .integer), ColumnSchema("done_fen", .integer),
    ])
]

private func parse(_ text: String) throws -> Filter? {
  try FilterParser(catalog: SchemaCatalog(projects), limits: .standard).parse(text, source: "Project")
}

/// A filter over a column whose values are known beforehand.
struct FilterValueTests {
  @Test(arguments: [
    ("stage = NOSUCH", "NOSUCH", "可用的有：SIGNED, STARTED"), ("stage != \"已投产\"", "已投产", "SIGNED, STARTED"),
    ("stage = signed", "signed", "SIGNED"), ("stage:GONE", "GONE", "SIGNED"),
    ("started >= \"2023-13-45\"", "2023-13-45", "2023-06-30、2023-06 或 2023"),
    ("started < \"2023-02-29\"", "2023-02-29", "日历"), ("started > 2023-00", "2023-00", "日历"),
    ("started > 0000", "0000", "日历"), ("started > x", "x", "日历"), ("started > \"2023-6-1\"", "2023-6-1", "日历"),
    // No day equals a month.
    ("started = 2023-06", "2023-06", "“>=”和“<”"), ("month = 2023", "2023", "“>=”和“<”"),
    ("month >= 2023-06-30", "2023-06-30", "应写作 2023-06 或 2023"),
    // Another column is not a value.
    ("started > month", "month", "两列不能相比"), ("done_fen > plan_fen", "plan_fen", "两列不能相比"),
    ("name = stage", "stage", "加引号"), ("stage = name", "name", "两列不能相比"),
  ])
  func whatAColumnCannotHoldIsRefused(text: String, value: String, hint: String) throws {
    let error = try #require(throws: StorageError.self) { try parse(text) }
    #expect(error.code == .invalidQuery && error.argument == QueryArgument("filter", value))
    #expect(error.message.contains(hint) && error.message.contains("第"), "\(error.message)")
  }

  @Test(arguments: [
    "stage = STARTED", "stage != \"SIGNED\"", "stage:SIGN", "stage = \"\"", "stage = null", "started = 2023-06-30",
    "started >= 2023-06", "started < \"2024\"", "started = \"\"", "started:\"-06-\"", "started = null",
    "month = 2023-06", "month > 2023", "name = \"stage\"", "name = STARTED", "plan_fen > -1",
  ])
  func whatItCanHoldIsTaken(text: String) throws {
    #expect(try parse(text) != nil)
  }

  @Test func viewsSayWhatTheirOwnColumnsHold() throws {
    let view = SourceView(
      name: "register:permits", base: "Project", condition: .compare(column: "plan_fen", .equal, .integer(1)),
      columns: [.init("kind", base: "name", values: .names(["环评", "备案"])), .init("title", base: "name")])
    let parser = FilterParser(catalog: try SchemaCatalog(projects), limits: .standard)
    #expect(throws: StorageError.self) { try parser.parse("kind = 环保", over: view) }
    #expect(throws: StorageError.self) { try parser.parse("title = kind", over: view) }
    _ = try parser.parse("kind = 环评 AND title = 环保", over: view)
  }
}
