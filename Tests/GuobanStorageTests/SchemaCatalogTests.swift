import GuobanStorage
import Testing

@Test(arguments: [
  [RecordSchema(name: "A", columns: []), RecordSchema(name: "a", columns: [])],
  [RecordSchema(name: "A\"; DROP TABLE B", columns: [])],
  [RecordSchema(name: "", columns: [])],
  [RecordSchema(name: "A", columns: [ColumnSchema("x y", .text)])],
  [RecordSchema(name: "A", columns: [ColumnSchema("x", .text), ColumnSchema("X", .text)])],
  [RecordSchema(name: "A", columns: [ColumnSchema("key", .text)])],
  [RecordSchema(name: "A", columns: [ColumnSchema("b", .text, references: "B")])],
  [RecordSchema(name: "A", columns: [], indexes: [["x"]])],
])
func schemasThatNoEngineCouldHoldAreRefused(schemas: [RecordSchema]) {
  #expect(throws: StorageError.self) { try SchemaCatalog(schemas) }
}

@Test func pathNamesTheReferencesOnItsWay() throws {
  let path = try SchemaCatalog(schemas).resolve("project.region.name", in: "ProjectPlan")
  #expect(path.steps == [.init(column: "key", target: "Project"), .init(column: "region", target: "Region")])
  #expect(path.column == "name")
  #expect(path.kind == .text)
}

@Test func unknownSourceIsRefusedNamingTheOthers() throws {
  let error = try #require(throws: StorageError.self) { try SchemaCatalog(schemas).resolve("key", in: "Ghost") }
  #expect(error.message.contains("Project, ProjectPlan, Region"))
}
