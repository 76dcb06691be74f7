import Foundation
import GuobanClient
import Testing

/// Who helps whom, at the command line.
struct AssignmentCommandTests {
  @Test func coverageFollowsAHandOverAndAnEnd() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place, settings: ["listen.tcpEnabled=false"])
    let data = ["--data-dir", daemon.dataDirectory]
    let codes = ["91410928MA4000004U", "91410928MA4000012N", "91410927MA40000203"]
    let tables = [
      "regions.csv": ["区划代码,名称,类型,上级区划", "410900,濮阳市,市,", "410928,濮阳县,县,410900", "410927,台前县,县,410900"]
    ]
    for (name, lines) in tables {
      try lines.joined(separator: "\n").write(toFile: "\(place.path)/\(name)", atomically: true, encoding: .utf8)
      try await place.run("guobanctl", ["import", "\(place.path)/\(name)"] + data)
    }
    func call(_ method: String, _ json: String) async throws {
      try await place.run("guobanctl", ["call", method, json] + data)
    }
    for (index, code) in codes.enumerated() {
      let region = index < 2 ? "410928" : "410927"
      try await call(
        "EnterpriseService/CreateEnterprise",
        #"{"enterprise": {"uscc": "\#(code)", "name": "企业\#(index)", "region": "\#(region)", "scale": "\#(index == 0 ? "ENTERPRISE_SCALE_ABOVE" : "ENTERPRISE_SCALE_BELOW")"}}"#
      )
    }
    for id in ["O-1", "O-2"] {
      try await call(
        "OfficerService/CreateOfficer", #"{"officer": {"id": "\#(id)", "name": "张\#(id)", "region": "410928"}}"#)
    }
    try await call(
      "AssignmentService/CreateAssignment",
      #"{"assignment": {"id": "A-1", "officer": "O-1", "role": "ASSIGNMENT_ROLE_SERVICE_STEWARD", "enterprise": "\#(codes[0])", "since": "2023-01-01"}}"#
    )

    func coverage(_ more: [String] = []) async throws -> [[Substring]] {
      let text = try await place.run("guobanctl", ["assignment", "coverage", "--role", "服务管家"] + more + data)
      // The last columns: covered of all, the share, and how far chance alone may move it.
      return text.split(separator: "\n").map { Array($0.split(separator: " ").prefix(5)) }
    }
    let found = try await coverage()
    #expect(
      found == [
        ["区划", "已覆盖", "企业", "覆盖率"], ["410927", "0", "1", "0/1", "0.00%"],
        ["410928", "1", "2", "1/2", "50.00%"],
        ["全部", "1", "3", "1/3", "33.33%"],
      ], "\(found)")
    #expect(try await coverage(["--scale", "规上"]).last == ["全部", "1", "1", "1/1", "100.00%"])
    #expect(try await coverage(["--region", "410927"]).last == ["全部", "0", "1", "0/1", "0.00%"])

    let handOver = [
      "assignment", "hand-over", "A-1", "--to", "O-2", "--new", "A-2", "--date", "2023-07-01", "--reason", "调岗",
    ]
    let tried = try await place.run("guobanctl", handOver + ["--dry-run"] + data)
    #expect(tried.contains("可以交接（没有记录）：A-1 到 2023-06-30 止（O-1），A-2 从 2023-07-01 起（O-2）"), "\(tried)")
    let done = try await place.run("guobanctl", handOver + data)
    #expect(done.contains("已交接：A-1 到 2023-06-30 止"), "\(done)")
    #expect(try await coverage().last == ["全部", "1", "3", "1/3", "33.33%"])
    let again = try await place.attempt("guobanctl", handOver + data)
    #expect(again.code != 0 && again.text.contains("A-1"), "\(again)")
    let unknown = try await place.attempt("guobanctl", ["assignment", "coverage", "--role", "管家"] + data)
    #expect(unknown.code != 0 && unknown.text.contains("服务管家 (service-steward)"), "\(unknown)")
    try await daemon.stop()
  }
}
