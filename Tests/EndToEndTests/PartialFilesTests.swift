import Foundation
import Testing

/// Files that say only some things of records that are there already.
struct PartialFilesTests {
  @Test func whatAFileHasNoColumnForStaysAsItIs() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let curve = (1...12).map { "\($0 * 10)" }.joined(separator: "、")
    try write(place, "regions.csv", "区划代码,名称,类型,附注", "410928,濮阳县,县,来源=民政")
    try write(
      place, "projects.csv",
      "项目代码,项目名称,所属区划,项目层级,建设性质,项目阶段,开工日期,行业,总投资(万元),2023年计划(万元),2024年计划(万元),2024年月度累计(万元),督导范围内,标签",
      "本地-1,甲,410928,县,新建,已开工,2023-02-01,化工,5000,300,120,\(curve),是,重点")
    try write(place, "officers.csv", "编号,姓名,区划,单位,联系人,联系电话", "O-1,张三,410928,办公室,张小三,13912345678")
    _ = try await ctl(["import", place.path], daemon, place)
    let before = try await records("项目", daemon, place)

    try write(place, "projects.csv", "项目代码,项目名称,所属区划,项目层级", "本地-1,甲,410928,县")
    #expect(try await bring("projects.csv", daemon, place).contains("未变 1"))
    #expect(try await records("项目", daemon, place) == before)
    // A year's plan alone, and a stage without its date.
    try write(place, "projects.csv", "项目代码,项目名称,所属区划,项目层级,项目阶段,2023年计划(万元)", "本地-1,甲,410928,县,已开工,400")
    #expect(try await bring("projects.csv", daemon, place).contains("更新 1"))
    #expect(try await records("项目", daemon, place) == before.replacing("\"300000000\"", with: "\"400000000\""))
    // The file of plans says something of its years only.
    try write(place, "project_plans.csv", "项目代码,年度,年度计划(万元)", "本地-1,2023,300")
    _ = try await ctl(
      ["import", "\(place.path)/projects.csv", "\(place.path)/project_plans.csv"], daemon, place, code: 1)
    try write(place, "projects.csv", "项目代码,项目名称,所属区划,项目层级", "本地-1,甲,410928,县")
    _ = try await ctl(["import", "\(place.path)/projects.csv", "\(place.path)/project_plans.csv"], daemon, place)
    #expect(try await records("项目", daemon, place) == before)
    // A column that is there and empty clears.
    try write(place, "projects.csv", "项目代码,项目名称,所属区划,项目层级,行业,2023年计划(万元)", "本地-1,甲,410928,县,,")
    #expect(try await bring("projects.csv", daemon, place).contains("更新 1"))
    let cleared = try await records("项目", daemon, place)
    #expect(!cleared.contains("化工") && !cleared.contains("2023,") && cleared.contains("120000000"), "\(cleared)")

    // One value of a contact, and none.
    try write(place, "officers.csv", "编号,姓名,区划,联系电话", "O-1,张三,410928,13800001111")
    #expect(try await bring("officers.csv", daemon, place).contains("更新 1"))
    try write(place, "officers.csv", "编号,姓名,区划", "O-1,张四,410928")
    #expect(try await bring("officers.csv", daemon, place).contains("更新 1"))
    let contact = try await ctl(["personal", "reveal", "Officer", "O-1", "--reason", "核对"], daemon, place)
    #expect(contact.contains("张小三") && contact.contains("13800001111"), "\(contact)")
    #expect(try await records("干部", daemon, place).contains("办公室"))

    // The statisticians know codes and names, and nothing of what the office wrote beside them.
    try write(place, "areas.csv", "code,name,cityCode,provinceCode", "410928,\"濮阳县\",4109,41")
    _ = try await ctl(["import", "\(place.path)/areas.csv"], daemon, place, code: 1)
    try write(place, "cities.csv", "code,name,provinceCode", "4109,\"濮阳市\",41")
    try write(place, "provinces.csv", "code,name", "41,\"河南省\"")
    _ = try await ctl(["import"] + ["provinces", "cities", "areas"].map { "\(place.path)/\($0).csv" }, daemon, place)
    #expect(try await records("区划", daemon, place).contains("民政"))
    try await daemon.stop()
  }

  @Test func whatTheDaemonRefusesNamesEveryRowAndColumn() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    try write(place, "regions.csv", "区划代码,名称,类型", "410928,濮阳县,县", "410922,清丰县,县")
    try write(place, "indicators.csv", "指标代码,指标名称,计量单位,性质", "GDP,生产总值,亿元,累计")
    try write(
      place, "observations.csv", "指标代码,区划,时期,数值,数据状态", "GDP,410928,2023-Q1,100,最终", "GDP,410922,2023-Q1,90,最终")
    _ = try await ctl(["import", place.path], daemon, place)

    // Final figures that change without a reason: both rows, in the words of the file.
    let errors = "\(place.path)/错误.csv"
    try write(place, "observations.csv", "指标代码,区划,时期,数值,更正原因", "GDP,410928,2023-Q1,101,", "GDP,410922,2023-Q1,91,")
    let refused = try await ctl(
      ["import", "\(place.path)/observations.csv", "--errors", errors], daemon, place, code: 1)
    #expect(refused.contains("第 2 行“更正原因”") && refused.contains("第 3 行“更正原因”"), "\(refused)")
    let copy = try String(contentsOfFile: errors, encoding: .utf8).split(whereSeparator: \.isNewline)
    #expect(copy.count == 3 && copy[1].contains("最终数") && copy[2].contains("最终数"), "\(copy)")

    // Contacts as another ledger exported them.
    try write(place, "officers.csv", "编号,姓名,区划,联系人,联系电话", "O-1,张三,410928,,", "O-2,李四,410928,李**,138****0000")
    let masked = try await ctl(["import", "\(place.path)/officers.csv"], daemon, place, code: 1)
    #expect(masked.contains("第 3 行“联系人”") && masked.contains("第 3 行“联系电话”"), "\(masked)")
    let line = #"{"id":"O-3","name":"王五","region":"410928","contact":{"name":"王**","sealed":"AAAA"}}"#
    try write(place, "officers.jsonl", line)
    let foreign = try await ctl(["import", "\(place.path)/officers.jsonl"], daemon, place, code: 1)
    #expect(foreign.contains("第 1 行") && foreign.contains("遮盖"), "\(foreign)")

    // An empty export comes back; plans without projects are told what they need.
    let empty = "\(place.path)/空.jsonl"
    _ = try await ctl(["export", "项目", "-o", empty], daemon, place)
    #expect(try await ctl(["import", empty, "--type", "项目"], daemon, place).contains("0 行"))
    try write(place, "project_plans.csv", "项目代码,年度,年度计划(万元)", "本地-1,2023,300")
    let lone = try await ctl(["import", "\(place.path)/project_plans.csv"], daemon, place, code: 64)
    #expect(lone.contains("要和 projects.csv 一起导入"), "\(lone)")
    try await daemon.stop()
  }

  @Test func ofASheetOfPassesThatStandsForEachTheGoodOnesAreIssued() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    try write(place, "regions.csv", "区划代码,名称,类型", "410928,濮阳县,县", "410922,清丰县,县")
    _ = try await ctl(["import", "\(place.path)/regions.csv"], daemon, place)
    let sheet = "\(place.path)/办证.csv"
    try write(
      place, "办证.csv", "种类,车牌号,货物,载重(吨),起点区划,终点区划", "市内,豫J5000O,米,1,410928,410922", "市内,豫J50001,米,1,410928,410999",
      "市内,豫J50002,米,1,410928,410922")
    let all = try await ctl(["pass", "batch", sheet, "--division", "410928"], daemon, place, code: 1)
    #expect(all.contains("第 2 行") && all.contains("一张也没有签发"), "\(all)")
    let each = try await ctl(["pass", "batch", sheet, "--division", "410928", "--each"], daemon, place, code: 1)
    #expect(each.contains("410928000001\t豫J50002") && each.contains("签发 1 张"), "\(each)")
    #expect(each.contains("第 2 行“车牌号”") && each.contains("第 3 行"), "\(each)")
    // What only the ledger can refuse has its row as well.
    try write(
      place, "办证.csv", "种类,车牌号,货物,载重(吨),起点区划,终点区划", "市内,豫J50003,米,1,410928,410922",
      "市内,豫J50001,米,1,410928,410999")
    let refused = try await ctl(["pass", "batch", sheet, "--division", "410928"], daemon, place, code: 1)
    #expect(refused.contains("第 3 行“终点区划”"), "\(refused)")
    try await daemon.stop()
  }

  private func records(_ type: String, _ daemon: Guoband, _ place: Workplace) async throws -> String {
    let text = try await ctl(["export", type, "--format", "jsonl"], daemon, place)
    return String(text.split(separator: "\n").filter { $0.hasPrefix("{") }.joined(separator: "\n"))
  }

  private func bring(_ name: String, _ daemon: Guoband, _ place: Workplace) async throws -> String {
    try await ctl(["import", "\(place.path)/\(name)"], daemon, place)
  }

  private func ctl(
    _ arguments: [String], _ daemon: Guoband, _ place: Workplace, code: Int32 = 0
  ) async throws -> String {
    let (ended, text) = try await place.attempt("guobanctl", arguments + ["--data-dir", daemon.dataDirectory])
    try #require(ended == code, "\(arguments): \(text)")
    return text
  }

  private func write(_ place: Workplace, _ name: String, _ lines: String...) throws {
    try (lines.joined(separator: "\n") + "\n").write(toFile: "\(place.path)/\(name)", atomically: true, encoding: .utf8)
  }
}
