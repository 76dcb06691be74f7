import Foundation
import Testing

/// What a clerk sees whose files have mistakes.
struct ImportFaultTests {
  @Test func filesThatReferToARefusedOneAreSkippedAndProblemsAreBounded() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let folder = "\(place.path)/files"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bad = (0..<30).map { "9\($0),地区,县\n" }.joined()
    let files = [
      "regions.csv": "区划代码,名称,类型\n" + bad,
      "enterprises.csv": "统一社会信用代码,企业名称,所属区划\n91410421MA9GAAAA51,甲,410421\n",
      "projects.csv": "项目代码,项目名称,所属区划,层级,性质\nA,甲,410928,县,新建\n",
      "project_progress.csv": "项目代码,月份,本年累计完成投资(万元)\nA,2023-13,1\n",
      "indicators.csv": "指标代码,指标名称,计量单位,性质\nGDP,生产总值,亿元,累计\n",
      "targets.csv": "指标代码,区划,年度,目标值\nGDP,410928,2023,1\n",
    ]
    for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }

    let shown = try await importing(folder, "", daemon, place)
    #expect(shown.split(separator: "\n").count { $0.contains("regions.csv 第 ") } == 20)
    #expect(shown.contains("……还有 10 处"))
    #expect(shown.contains("失败：30 处有误"))
    for name in ["enterprises.csv", "projects.csv", "targets.csv"] {
      let line = shown.split(separator: "\n").first { $0.hasPrefix(name) }
      #expect(line?.hasSuffix("未处理：先改正 regions.csv") == true, "\(shown)")
    }
    // Its own fault is worth saying at once, and what nothing is wrong with is written.
    #expect(shown.contains("project_progress.csv 第 2 行“月份”"))
    #expect(shown.contains("导入：1 个文件通过"))

    let all = try await importing(folder, "--all-problems", daemon, place)
    #expect(all.split(separator: "\n").count { $0.contains("regions.csv 第 ") } == 30)
    try await daemon.stop()
  }

  /// What an import prints that must end with 1.
  private func importing(_ folder: String, _ flag: String, _ daemon: Guoband, _ place: Workplace) async throws -> String
  {
    let program = Workplace.products.appendingPathComponent("guobanctl").path
    return try await place.run(
      "/bin/sh",
      ["-c", "'\(program)' import '\(folder)' \(flag) --data-dir '\(daemon.dataDirectory)'; test $? -eq 1"])
  }
}
