import GuobanLedger
import GuobanMessages
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Testing

@testable import GuobanServer

/// What a client is told of a query that cannot be meant.
struct QueryRefusalTests {
  /// Field and value of the one violation.
  private func refusal(_ query: Reporting.DataQuery) throws -> (field: String, text: String) {
    let catalog = try SchemaCatalog(RecordCatalog.schemas)
    let filters = FilterParser(catalog: catalog, limits: .standard)
    let folder = try TemporaryFolder()
    let store = try SQLiteStore(
      lock: try DirectoryLock(directory: folder.path), schemas: RecordCatalog.schemas,
      configuration: SQLiteConfiguration(), now: { Google.Timestamp(seconds: 1_700_000_000) },
      project: { type, _, bytes in try RecordCatalog.project(type: type, bytes: bytes, limits: .standard) })
    defer { try? store.close() }
    let error = #expect(throws: StorageError.self) {
      _ = try store.read { reader in
        try SourceQuery(query, over: nil, filters: filters, rowsMax: 10).run(reader, catalog: catalog)
      }
    }
    let violation = try #require(error?.status.violations(limits: .standard).first)
    #expect(error?.status.code == .invalidArgument)
    return (violation.field, violation.description)
  }

  private static let count = Reporting.Measure(kind: .count)

  @Test(arguments: [
    ("stage = 已投产", "已投产", "IN_PRODUCTION"), ("milestones_started >= \"2023-13-45\"", "2023-13-45", "2023-06-30"),
    ("milestones_completed > planned_completion", "planned_completion", "两列不能相比"),
  ])
  func filtersNameTheValueAndWhatIsAllowed(filter: String, value: String, allowed: String) throws {
    let refused = try refusal(Reporting.DataQuery(source: "Project", filter: filter, measures: [Self.count]))
    #expect(refused.field == "filter" && refused.text.contains("\"\(value)\"") && refused.text.contains(allowed))
  }

  @Test(arguments: [
    (Reporting.DataQuery(source: "Projekt", measures: [count]), "source", "Projekt"),
    (Reporting.DataQuery(source: "Project", groupBy: ["colour"], measures: [count]), "group_by", "colour"),
    (Reporting.DataQuery(source: "Project", groupBy: ["region@village"], measures: [count]), "group_by", "@village"),
    (Reporting.DataQuery(source: "Project", groupBy: ["tags"], measures: [count]), "group_by", "tags"),
    (
      Reporting.DataQuery(source: "Project", measures: [Reporting.Measure(kind: .sum, column: "name")]), "measures",
      "sum(name)"
    ),
    (
      Reporting.DataQuery(source: "Project", measures: [Reporting.Measure(kind: .max, column: "plan")]), "measures",
      "max(plan)"
    ),
    (Reporting.DataQuery(source: "Project"), "measures", "group"),
    (
      Reporting.DataQuery(
        source: "Project", groupBy: ["region"], measures: [count],
        orderBy: [Reporting.QueryOrder(column: "name", descending: false)]), "order_by", "name"
    ),
    (Reporting.DataQuery(source: "Project", measures: [count], period: "2023-13"), "period", "2023-13"),
    (Reporting.DataQuery(source: "Project", filter: "colour = 1", measures: [count]), "filter", "colour"),
  ])
  func theWrongPartOfAQueryIsNamed(query: Reporting.DataQuery, field: String, text: String) throws {
    let refused = try refusal(query)
    #expect(refused.field == field && refused.text.contains(text), "\(refused)")
  }
}
