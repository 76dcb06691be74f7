import Foundation
import GuobanMessages
import ReporterHost
import Testing

@Suite struct CatalogTests {
  private static let good = """
    id: good
    version: 1.0.0
    protocol: 1
    title: 好报表
    executable: main
    parameters:
      - {name: month, title: 月份, type: integer, default: "6"}
      - {name: by, title: 分组, type: choice, choices: [a, b], default: a}
      - {name: year, title: 年度, type: integer, required: true}
    data: [Region]
    """

  @Test(arguments: [
    ("id: good", "id: Bad Id", "id：只能用小写字母"),
    ("protocol: 1", "protocol: 2", "protocol：本版本只支持 1"),
    ("title: 好报表", "titel: 好报表", "title：必须填写"),
    ("executable: main", "executable: ../main", "module：必须是本文件夹内的文件"),
    ("executable: main", "executable: main\nmodule: x.so", "module：module 和 executable 必须且只能填一个"),
    ("type: integer, default: \"6\"", "type: int", "parameters[0].type：只能是"),
    ("default: \"6\"", "default: six", "parameters[0].default：必须是整数"),
    ("data: [Region]", "data: [Region]\nlimits: {memory: 3}", "limits.memory：不认识这个键"),
    ("data: [Region]", "data: Region", "data：必须是列表"),
    ("version: 1.0.0", "version: [", "不是合法的 YAML"),
    ("executable: main", "executable: other", "文件夹里没有 other"),
  ])
  func aBadManifestSaysFileKeyAndRule(part: String, replacement: String, problem: String) throws {
    let workshop = try Workshop()
    try workshop.write("reporters/one/reporter.yaml", Self.good.replacingOccurrences(of: part, with: replacement))
    try workshop.write("reporters/one/main", "#!/bin/sh\n")
    let entry = try #require(try workshop.catalog.entries().first)
    guard case .failure(let error) = entry.content else { throw Unexpected(description: "no failure") }
    #expect(error.message.contains(problem), "\(error)")
    #expect(error.message.contains("one"))
    let status = entry.status(approvedDigest: nil, quarantine: Quarantine(brokenRunsMax: 3), missingProtections: [])
    #expect(status.state == .broken)
  }

  @Test func parametersAreFilledAndAllProblemsToldAtOnce() throws {
    let workshop = try Workshop()
    try workshop.write("reporters/one/reporter.yaml", Self.good)
    try workshop.write("reporters/one/main", "#!/bin/sh\n")
    let manifest = try workshop.catalog.package("good").manifest
    #expect(try manifest.parameters(filling: ["year": "2023"]) == ["year": "2023", "month": "6", "by": "a"])
    #expect {
      try manifest.parameters(filling: ["mouth": "5", "by": "c"])
    } throws: { error in
      (error as? ParameterProblems)?.problems.map(\.name) == ["mouth", "by", "year"]
    }
  }

  @Test func twoFoldersOfOneIdAreBothRefused() throws {
    let workshop = try Workshop()
    for folder in ["one", "two"] {
      try workshop.write("reporters/\(folder)/reporter.yaml", Self.good)
      try workshop.write("reporters/\(folder)/main", "#!/bin/sh\n")
    }
    #expect(throws: ReporterError.self) { try workshop.catalog.package("good") }
    #expect(
      try workshop.catalog.entries().allSatisfy { if case .failure = $0.content { true } else { false } })
  }

  @Test func theDigestIsOverNamesAndContents() throws {
    let workshop = try Workshop()
    try workshop.write("reporters/one/reporter.yaml", Self.good)
    try workshop.write("reporters/one/main", "#!/bin/sh\n")
    let first = try workshop.catalog.package("good").digest
    #expect(try workshop.catalog.package("good").digest == first)
    try workshop.write("reporters/one/main", "#!/bin/sh\n#")
    let second = try workshop.catalog.package("good").digest
    try workshop.write("reporters/one/lib/data.txt", "")
    let third = try workshop.catalog.package("good").digest
    #expect(Set([first, second, third]).count == 3)
    #expect(first.count == 64)
  }

  @Test func linksAreRefused() throws {
    let workshop = try Workshop()
    try workshop.write("reporters/one/reporter.yaml", Self.good)
    let main = workshop.root.appendingPathComponent("reporters/one/main")
    try FileManager.default.createSymbolicLink(atPath: main.path, withDestinationPath: "/bin/sh")
    #expect(throws: ReporterError.self) { try workshop.catalog.package("good") }
  }

  @Test func onlyApprovedUnchangedReportersMayRun() throws {
    let workshop = try Workshop()
    try workshop.write("reporters/one/reporter.yaml", Self.good)
    try workshop.write("reporters/one/main", "#!/bin/sh\n")
    let package = try workshop.catalog.package("good")
    var quarantine = Quarantine(brokenRunsMax: 2)
    #expect(package.permission(approvedDigest: nil, quarantine: quarantine).0 == .notApproved)
    #expect(package.permission(approvedDigest: "other", quarantine: quarantine).0 == .changed)
    #expect(package.permission(approvedDigest: package.digest, quarantine: quarantine).0 == .approved)
    let outcome = try workshop.run("good", ["year": "2023"])
    quarantine.record(outcome.verdict, digest: package.digest)
    #expect(package.permission(approvedDigest: package.digest, quarantine: quarantine).0 == .approved)
    quarantine.record(outcome.verdict, digest: package.digest)
    #expect(package.permission(approvedDigest: package.digest, quarantine: quarantine).0 == .quarantined)
    quarantine.record(.failure(Reporting.Failure()), digest: package.digest)
    #expect(package.permission(approvedDigest: package.digest, quarantine: quarantine).0 == .approved)
  }
}
