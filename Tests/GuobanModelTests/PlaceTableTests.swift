internal import Foundation
internal import Testing

/// README.md says where each of the 118 systems of the five places lives.
struct PlaceTableTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources").standardized.path

  private func rows() throws -> [(id: String, here: String)] {
    let text = try String(contentsOfFile: "\(Self.sources)/GuobanModel/README.md", encoding: .utf8)
    return text.split(separator: "\n").filter { $0.hasPrefix("| S") }.map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return (cells[0], cells.count == 3 ? cells[2] : "")
    }
  }

  @Test func everyRowHasAPlaceOnce() throws {
    let rows = try rows()
    let all: [String] = (1001...1118).map { "S\(String($0).dropFirst())" }
    #expect(rows.map(\.id) == all)
    for row in rows { #expect(!row.here.isEmpty, "\(row.id)") }
  }

  @Test func theRegistersThatItNamesShip() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.sources)/guobanctl/Registers")
    let shipped = Set(files.map { $0.replacingOccurrences(of: ".yaml", with: "") })
    var named = Set<String>()
    for row in try rows() {
      for part in row.here.split(separator: ";") where part.trimmingCharacters(in: .whitespaces).hasPrefix("register") {
        let plain = part.replacing(/\([^)]*\)/, with: "")
        let names = plain.matches(of: /[a-z_]+/).map { String($0.output) }.prefix { $0 != "by" && $0 != "of" }
        named.formUnion(names.filter { $0 != "register" && $0 != "registers" })
      }
    }
    #expect(named == shipped)
  }
}
