import Foundation
import GuobanClient
import GuobanMessages
import Testing

/// Clerks' files in and out of a real daemon.
struct FilesTests {
  @Test func aMendedCopyOfAWorkbookIsTakenAndComesOutAgain() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let book = "\(place.path)/企业.xlsx"
    let errors = "\(place.path)/企业-错误.xlsx"
    try "区划代码,名称,类型\n410928,濮阳县,县\n".write(toFile: "\(place.path)/regions.csv", atomically: true, encoding: .utf8)
    try await python(
      place,
      """
      sheet.append(['统一社会信用代码', '企业名称', '所属区划', '职工人数'])
      sheet.append(['91410421MA9GAAAA51', '甲', '410928', 5]); sheet.append(['91410421MA9GAAAA50', '乙', '410928', 6])
      sheet.append(['91410223MA9GAAAA5K', '丙', '410999', 7]); sheet['B2'].font = openpyxl.styles.Font(bold=True)
      """, save: book)
    _ = try await ctl(["import", "\(place.path)/regions.csv"], daemon, place)

    let (code, offered) = try await attempt(["import", book], daemon, place)
    #expect(code == 1)
    #expect(offered.contains("--errors \(errors)"))
    #expect(!FileManager.default.fileExists(atPath: errors))
    let first = try await attempt(["import", book, "--errors", errors], daemon, place)
    #expect(first.code == 1)
    // What only the daemon knows comes after what the file shows by itself.
    #expect(try await notes(place, errors) == "[('E3', True)]\n")
    try await python(place, "sheet['A3'] = '91410922MA9GAAAA59'", load: errors, save: errors)
    let errors2 = "\(place.path)/企业-错误2.xlsx"
    let second = try await attempt(["import", errors, "--errors", errors2], daemon, place)
    #expect(second.code == 1)
    #expect(try await notes(place, errors2) == "[('E4', True)]\n")
    try await python(place, "sheet['C4'] = 410928\nassert sheet['B2'].font.bold", load: errors2, save: errors2)
    let done = try await ctl(["import", errors2], daemon, place)
    #expect(done.contains("新增 3"))

    for name in ["企业.csv", "企业.jsonl", "新企业.xlsx"] {
      let path = "\(place.path)/out-\(name)"
      _ = try await ctl(["export", "企业", "-o", path], daemon, place)
      let again = try await ctl(["import", path, "--type", "企业"], daemon, place)
      #expect(again.contains("未变 3"), "\(again)")
    }
    let filtered = try await ctl(["export", "Enterprise", "--filter", "headcount >= 6"], daemon, place)
    #expect(filtered.split(whereSeparator: \.isNewline).count == 3)
    try await daemon.stop()
  }

  @Test func aQuerysCSVHoldsNoFormula() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    _ = try await ctl(
      ["call", "RegionService/CreateRegion", #"{"region": {"code": "410928", "name": "濮阳县", "kind": "COUNTY"}}"#],
      daemon,
      place)
    let names = ["-1+1": "'-1+1", "=1+1": "'=1+1", "+86": "'+86", "＝A1": "'＝A1", "-86": "-86", "甲": "甲"]
    for (index, name) in names.keys.enumerated() {
      _ = try await ctl(
        [
          "call", "OfficerService/CreateOfficer",
          "{\"officer\": {\"id\": \"O-\(index)\", \"name\": \"\(name)\", \"region\": \"410928\"}}",
        ], daemon, place)
    }
    let text = try await ctl(["query", "干部", "--group-by", "name", "--csv"], daemon, place)
    let lines = Set(text.split(separator: "\n").dropFirst().map(String.init))
    #expect(lines == Set(names.values.map { "\($0),1" }), "\(text)")
    try await daemon.stop()
  }

  @Test func aLongFileGoesInPartsAndGoesOnAfterACut() async throws {
    let place = try Workplace()
    let settings = ["listen.tcpEnabled=false", "imports.recordsMax=100"]
    var daemon = try await Guoband(place, settings: settings)
    try "区划代码,名称,类型\n410928,濮阳县,县\n".write(toFile: "\(place.path)/regions.csv", atomically: true, encoding: .utf8)
    let lines = (0..<1000).map { "本地-\($0),项目\($0),410928,县,新建\n" }
    let path = "\(place.path)/projects.csv"
    try ("项目代码,项目名称,所属区划,层级,性质\n" + lines.joined()).write(toFile: path, atomically: true, encoding: .utf8)
    _ = try await ctl(["import", "\(place.path)/regions.csv"], daemon, place)

    let dry = try await ctl(["import", path, "--dry-run"], daemon, place)
    #expect(dry.contains("新增 1000"))
    let said = try await ctl(["import", path], daemon, place)
    #expect(said.contains("新增 1000"))
    let run = try #require(said.firstMatch(of: /--resume ([0-9a-z]+)/)?.output.1)
    // As after a cut: the same run again, also with a daemon that has been killed meanwhile.
    try await daemon.kill()
    daemon = try await Guoband(place, settings: settings)
    let again = try await ctl(["import", path, "--resume", String(run)], daemon, place)
    #expect(again.contains("新增 1000"), "each part has its first answer: \(again)")
    let anew = try await ctl(["import", path], daemon, place)
    #expect(anew.contains("未变 1000"))

    // One bad part is not written, the others are.
    var mixed = lines
    mixed[450] = "本地-450,项目450,410999,县,新建\n"
    for index in mixed.indices where index != 450 { mixed[index] = "本地-\(index),改名\(index),410928,县,新建\n" }
    try ("项目代码,项目名称,所属区划,层级,性质\n" + mixed.joined()).write(toFile: path, atomically: true, encoding: .utf8)
    let part = try await attempt(["import", path], daemon, place)
    #expect(part.code == 1)
    #expect(part.text.contains("更新 900"))
    #expect(part.text.contains("第 452 行“所属区划”"))
    try await daemon.stop()
  }

  @Test func filesOfOthersAreTakenAsTheyAre() async throws {
    let place = try Workplace()
    let daemon = try await Guoband(place)
    let folder = "\(place.path)/data"
    try FileManager.default.createDirectory(atPath: folder + "/holidays", withIntermediateDirectories: true)
    let files = [
      "provinces.csv": "code,name\n41,\"河南省\"\n",
      "cities.csv": "code,name,provinceCode\n4109,\"濮阳市\",41\n4190,\"省直辖县级行政区划\",41\n",
      "areas.csv": "code,name,cityCode,provinceCode\n410928,\"濮阳县\",4109,41\n419001,\"济源市\",4190,41\n",
      "holidays/2023.json": #"{"year": 2023, "days": [{"name": "元旦", "date": "2023-01-01", "isOffDay": true}]}"#,
    ]
    for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    let shown = try await ctl(["import", folder], daemon, place)
    #expect(shown.contains("没有导入 1 个汇总名称"))
    #expect(shown.contains("4 个文件通过，共 6 行：新增 5"))
    let regions = try await ctl(["export", "Region", "--format", "jsonl"], daemon, place)
    #expect(
      regions.contains(#""code": "419001", "name": "济源市", "kind": "REGION_KIND_COUNTY", "parent": "410000""#),
      "\(regions)")
    let template = "\(place.path)/空.xlsx"
    _ = try await ctl(["import", "template", "TICKET", "-o", template], daemon, place, connects: false)
    let (code, text) = try await attempt(["import", template], daemon, place)
    #expect(code == 0, "\(text)")
    try await daemon.stop()
  }

  private func attempt(
    _ arguments: [String], _ daemon: Guoband, _ place: Workplace, connects: Bool = true
  ) async throws -> (code: Int32, text: String) {
    try await place.attempt("guobanctl", arguments + (connects ? ["--data-dir", daemon.dataDirectory] : []))
  }

  private func ctl(
    _ arguments: [String], _ daemon: Guoband, _ place: Workplace, connects: Bool = true
  ) async throws -> String {
    let (code, text) = try await attempt(arguments, daemon, place, connects: connects)
    try #require(code == 0, "\(arguments): \(text)")
    return text
  }

  private func python(_ place: Workplace, _ program: String, load: String = "", save: String) async throws {
    try await place.run(
      "/usr/bin/python3",
      [
        "-c",
        "import openpyxl, openpyxl.styles, sys\nbook = openpyxl.load_workbook(sys.argv[1]) if sys.argv[1] else openpyxl.Workbook()\nsheet = book.active\n\(program)\nbook.save(sys.argv[2])",
        load, save,
      ])
  }

  /// The cells of the column of reasons that say something.
  private func notes(_ place: Workplace, _ path: String) async throws -> String {
    try await place.run(
      "/usr/bin/python3",
      [
        "-c",
        "import openpyxl, sys\nsheet = openpyxl.load_workbook(sys.argv[1]).active\nassert sheet['E1'].value == '错误原因'\nprint([(c.coordinate, True) for c in sheet['E'][1:] if c.value])",
        path,
      ])
  }
}
