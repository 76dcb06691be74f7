public import GuobanMessages

extension Reporting.DataQuery {
  /// Asks for `measures` of every group: `DataQuery("plans", from: "ProjectPlan", where: "year = 2023",
  /// groupBy: ["project.region"], measures: [.count, .sum("plan_fen")])`.
  ///
  /// - Parameters:
  ///   - name: what ``RunContext/frame(_:)`` is asked for.
  ///   - filter: AIP-160 subset; put texts from parameters through ``quoted(_:)``.
  public init(
    _ name: String, from source: String, where filter: String = "", groupBy: [String],
    measures: [Reporting.Measure] = []
  ) {
    self.init(name: name, source: source, filter: filter, groupBy: groupBy, measures: measures)
  }

  /// A text as a literal of a filter: quotes and backslashes in it end nothing.
  public static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { literal.unicodeScalars.append("\\") }
      literal.unicodeScalars.append(scalar)
    }
    return literal + "\""
  }
}

extension Reporting.Measure {
  /// How many rows a group has; column "count".
  public static let count = Reporting.Measure(kind: .count)

  /// The sum of a column, NULL left out; column "sum(name)".
  public static func sum(_ column: String) -> Reporting.Measure { Reporting.Measure(kind: .sum, column: column) }

  /// The least value; column "min(name)".
  public static func min(_ column: String) -> Reporting.Measure { Reporting.Measure(kind: .min, column: column) }

  /// The greatest value; column "max(name)".
  public static func max(_ column: String) -> Reporting.Measure { Reporting.Measure(kind: .max, column: column) }
}
