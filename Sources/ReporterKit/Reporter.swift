@_exported public import GuobanMessages

/// A report that an author adds to Guoban: what it needs, and how the figures become tables.
///
/// A reporter runs in a process of its own, once per run, without files, network or clock of importance: all it knows
/// comes through ``RunContext``. What it throws reaches people: ``ReportFailure`` and the model's `RuleViolation` the clerk
/// who asked for the report; any other error, and a crash, the operator.
///
///     struct Counting: Reporter {
///       static let id = "counting"
///       static let version = "1.0.0"
///
///       func describe(_ parameters: Parameters) throws -> [DataQuery] {
///         [DataQuery("projects", from: "Project", groupBy: ["region"], measures: [.count])]
///       }
///
///       func run(_ context: RunContext) throws -> Report {
///         let projects = try context.frame("projects")
///         var table = ReportTable(id: "t", title: "项目数", columns: [.text("region", "地区"), .integer("n", "项目", unit: "个")])
///         for row in 0..<projects.rowCount {
///           table.add([.text(try projects.text("region", row)), .integer(try projects.integer("count", row))])
///         }
///         return Report(title: "项目数", tables: [table], methodVersion: "counting/1")
///       }
///     }
///
///     private let module = ReporterModule { serve(Counting(), in: $0, out: $1) }
///     @c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
public protocol Reporter {
  /// As in `reporter.yaml`.
  static var id: String { get }
  /// As in `reporter.yaml`.
  static var version: String { get }

  /// What data a run with these parameters needs. Wrong parameters are refused here.
  func describe(_ parameters: Parameters) throws -> [DataQuery]

  /// Makes the report.
  func run(_ context: RunContext) throws -> Report
}

/// A report as data: exact values, never pre-rendered text.
public typealias Report = Reporting.Result
/// One table of a report.
public typealias ReportTable = Reporting.Table
/// A column of a table: what it holds and how it prints.
public typealias ReportColumn = Reporting.ColumnSpec
/// One value of a table.
public typealias ReportCell = Reporting.Cell
/// One grouped query over the ledger.
public typealias DataQuery = Reporting.DataQuery
