import Foundation
import GuobanMessages
import GuobanRender
import Testing

/// The README of every reporter shows what it really prints.
@Suite(.serialized) struct ReadmeTests {
  @Test(arguments: [
    ("HalfYear", "half_year", ["year": "2023", "month": "3", "region": "410900"]),
    ("Ranking", "ranking", ["year": "2023", "month": "3", "parent": "410900"]),
    ("ThreeRates", "three_rates", ["region": "410928", "as_of": "2023-04-01"]),
  ])
  func outputIsAsPrinted(folder: String, id: String, parameters: [String: String]) throws {
    let workshop = try Workshop()
    try workshop.install(folder)
    let result = try workshop.report(
      id, parameters, on: folder == "ThreeRates" ? RankingTests.batches : RankingTests.puyang)
    let text = TerminalTable(usesColour: false).render(result)
    let readme = try String(
      contentsOf: Workshop.sources.appendingPathComponent("Plugins/\(folder)/README.md"), encoding: .utf8)
    #expect(readme.contains("```text\n\(text)```"), "Plugins/\(folder)/README.md should show:\n\(text)")
  }
}
