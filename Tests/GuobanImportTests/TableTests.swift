import GuobanImport
import GuobanMessages
import GuobanModel
import Testing

@Test(
  arguments: [
    ("总投资(亿元)", "7.2345", 72_345_000_000), ("总投资（亿）", "7", 70_000_000_000), ("总投资(万元)", "1,234.56", 1_234_560_000),
    ("总投资【元】", "0.01", 1), ("总投资(分)", "5", 5), ("total_investment_fen", "5", 5), ("total_investment(元)", "5", 500),
    ("*总投资 (万元)", "９", 9_000_000),
  ] as [(String, String, Int64)])
func theHeadsUnitDecidesTheAmount(head: String, cell: String, fen: Int64) throws {
  let file = try read("projects.csv", "项目代码,项目名称,所属区划,层级,性质,\(head)\nA-1,甲,410928,省重点,新建,\"\(cell)\"\n")
  #expect(file.found.isEmpty)
  #expect(try file.decoded(Ledger.Project.self).map(\.totalInvestmentFen) == [fen])
}

@Test(arguments: [
  ("总投资(元)", "0.001", "NUMBER_DECIMALS"), ("总投资(亿元)", "99999999999", "NUMBER_OVERFLOW"),
  ("总投资(亿元)", "1e3", "NUMBER_FORMAT"), ("总投资(亿元)", "约3亿", "NUMBER_FORMAT"),
])
func anAmountThatCannotBeExactIsABadCell(head: String, cell: String, rule: String) throws {
  let file = try read("projects.csv", "项目代码,项目名称,所属区划,层级,性质,\(head)\nA-1,甲,410928,省重点,新建,\(cell)\n")
  #expect(file.found == ["projects.csv:2 \(head) \(rule)"])
}

@Test(arguments: [
  ("2023-06-30 14:30", 1_688_106_600, 0), ("2023/6/30 14:30:05", 1_688_106_605, 0),
  ("2023年6月30日14：30", 1_688_106_600, 0), ("2023-06-30T09:05", 1_688_087_100, 0), ("2023-6-30  0:00", 1_688_054_400, 0),
  ("2023-06-30 14:30:05.25", 1_688_106_605, 250_000_000),
])
func aMomentIsReadAsClerksWriteIt(cell: String, seconds: Int64, nanos: Int32) throws {
  let file = try read("pass_trips.csv", "通行证号,车牌号,通行时间\n410928000001,豫j·12345,\(cell)\n")
  #expect(file.found.isEmpty)
  let trip = try #require(try file.decoded(Ledger.PassTrip.self).first)
  #expect(trip.time == Google.Timestamp(seconds: seconds, nanos: nanos))
  #expect(trip.date == "2023-06-30" && trip.plate == "豫J12345")
}

@Test(arguments: [
  ("2023-06-30", "TIME_FORMAT"), ("14:30", "TIME_FORMAT"), ("2023-06-30 14", "TIME_FORMAT"),
  ("2023-06-30 2:30 PM", "TIME_FORMAT"), ("2023-06-30 24:00", "TIME_RANGE"), ("2023-06-31 10:00", "DATE_RANGE"),
  ("2023-06-30 14:30:05.", "TIME_FORMAT"), ("2023-06-30 +4:30", "TIME_FORMAT"),
])
func aMomentThatIsNoneIsABadCell(cell: String, rule: String) throws {
  let file = try read("pass_trips.csv", "通行证号,车牌号,通行时间\n410928000001,豫J12345,\(cell)\n")
  #expect(file.found == ["pass_trips.csv:2 通行时间 \(rule)"])
}

@Test func everyBadCellIsReportedWithItsPlace() throws {
  let file = try read(
    "enterprises.csv",
    """
    统一社会信用代码,企业名称,所属区划,规模,职工人数
    91410421MA9GAAAA51,"带,逗号
    和换行",410421,规上,12
    91410421MA9GAAAA50,,999999,大型,x

    ,,,,
    91410421MA9GAAAA51,再次,410421,规下,1
    91410223MA9GAAAA5K,少一格,410223,规上

    """)
  #expect(
    file.found == [
      "enterprises.csv:4 统一社会信用代码 USCC_CHECK_CHARACTER", "enterprises.csv:4 企业名称 CELL_EMPTY",
      "enterprises.csv:4 所属区划 REGION_CODE_PROVINCE", "enterprises.csv:4 规模 NOT_A_CHOICE",
      "enterprises.csv:4 职工人数 NUMBER_FORMAT", "enterprises.csv:7  ROW_REPEATED", "enterprises.csv:8  ROW_CELLS",
    ])
  #expect(file.records.isEmpty, "a file with a bad row is not sent at all")
  #expect(file.rowCount == 4)
}

@Test func anUnknownHeadNamesTheNearestKnownOne() throws {
  let cases: [(String, [String], String)] = [
    ("区划代码,区划名,类型", ["regions.csv:1 区划名 HEAD_UNKNOWN", "regions.csv:1  HEAD_MISSING"], "“区划名称”"),
    ("区划代码,名称,类型,名称", ["regions.csv:1 名称 HEAD_REPEATED"], "只能留一列"),
    ("区划代码,名称,类型,", ["regions.csv:1  HEAD_UNKNOWN"], "表头有一格是空的"),
    ("code,name,king", ["regions.csv:1 king HEAD_UNKNOWN", "regions.csv:1  HEAD_MISSING"], "“kind”"),
    ("区划代码,名称", ["regions.csv:1  HEAD_MISSING"], "缺少必需的列“类型”"),
  ]
  for (header, found, part) in cases {
    let file = try read("regions.csv", header + "\n")
    #expect(file.found == found)
    #expect(file.problems.kept.first?.violation.message.contains(part) == true)
  }
  let money = try read("project_progress.csv", "项目代码,月份,累计完成投资\n")
  #expect(money.found == ["project_progress.csv:1 累计完成投资 HEAD_UNIT"])
  #expect(try read("regions.csv", "").found == ["regions.csv:0  FILE_EMPTY"])
}

@Test func clerksWordsBecomeTheProtocolsValues() throws {
  let projects = try read(
    "projects.csv",
    """
    项目代码,项目名称,所属区划,项目层级,建设性质,项目阶段,签约日期,开工日期,督导范围内,标签,2022年计划(亿元),2023年度计划投资(万元)
    2302-410928-04-01-123456,甲,410928,三高四新,续建,已开工,2023年6月1日,2023/6/30,是,重点、观摩； 四化,0.5,12
    本地-2,乙,py-sfq,MUNICIPAL,NEW,,,,否,,,

    """)
  #expect(projects.found.isEmpty)
  let decoded = try projects.decoded(Ledger.Project.self)
  #expect(
    decoded == [
      Ledger.Project(
        code: "2302-410928-04-01-123456", tags: ["重点", "观摩", "四化"], name: "甲", region: "410928", tier: .sangaoSixin,
        kind: .continuing,
        plans: [Ledger.YearPlan(year: 2022, planFen: 5_000_000_000), Ledger.YearPlan(year: 2023, planFen: 12_000_000)],
        stage: .started, milestones: Ledger.Milestones(signed: "2023-06-01", started: "2023-06-30"), supervised: true),
      Ledger.Project(code: "本地-2", name: "乙", region: "PY-SFQ", tier: .municipal, kind: .new),
    ])

  let progress = try read("project_progress.csv", "project,month,completed(万元),形象进度(%)\nA,2023年6月,1.5,37.5\n")
  #expect(
    try progress.decoded() == [
      Ledger.ProjectProgress(project: "A", month: "2023-06", completedFen: 1_500_000, physicalPermille: 375)
    ])
  let observations = try read(
    "observations.csv", "指标代码,区划,时期,数值,数据状态\nGDP,410900,2023年上半年,6.1,初步\nGDP,410900,2023年第二季度,-0.000001,最终\n")
  #expect(
    try observations.decoded() == [
      Ledger.Observation(
        indicator: "GDP", region: "410900", period: "2023-H1", valueE6: 6_100_000, finality: .preliminary),
      Ledger.Observation(indicator: "GDP", region: "410900", period: "2023-Q2", valueE6: -1, finality: .final),
    ])
}

@Test func plansOfASecondFileJoinTheirProjects() throws {
  let projects = "项目代码,项目名称,所属区划,层级,性质,2023年计划(亿元)\nA,甲,410928,县,新建,1\nB,乙,410928,县,新建,\n"
  let months = (1...12).map { "\($0)月累计(万元)" }.joined(separator: ",")
  let curve = (1...12).map { String($0 * 100) }.joined(separator: ",")
  let good = "项目代码,年度,年度计划(万元),\(months)\nB,2024,1200,\(curve)\nB,2023,7,,,,,,,,,,,,\n"
  let file = try table("projects.csv").read(
    ["projects.csv": Array(projects.utf8), "project_plans.csv": Array(good.utf8)], limits: .standard)
  #expect(file.found.isEmpty)
  let plans = try file.decoded(Ledger.Project.self).map(\.plans)
  #expect(
    plans == [
      [Ledger.YearPlan(year: 2023, planFen: 10_000_000_000)],
      [
        Ledger.YearPlan(year: 2024, planFen: 1_200_000_000, curveFen: (1...12).map { $0 * 100_000_000 }),
        Ledger.YearPlan(year: 2023, planFen: 7_000_000),
      ],
    ])
  let bad = "项目代码,年度,年度计划(万元),1月累计(万元)\nA,2023,1,\nC,2023,1,\nB,2023,1,5\n"
  let refused = try table("projects.csv").read(
    ["projects.csv": Array(projects.utf8), "project_plans.csv": Array(bad.utf8)], limits: .standard)
  #expect(
    refused.found == [
      "project_plans.csv:4  PLAN_CURVE", "project_plans.csv:2 项目代码 PLAN_TWICE",
      "project_plans.csv:3 项目代码 PLAN_WITHOUT_PROJECT",
    ])
}

@Test func theDaemonsObjectionsComeBackToTheirCells() throws {
  let projects = "项目代码,项目名称,所属区划,层级,性质,总投资(亿元),2023年计划(亿元)\n\"A\",\"甲\n\",410928,县,新建,1,2\nB,乙,410928,县,新建,1,\n"
  let plans = "项目代码,年度,年度计划(万元)\nB,2024,1200\n"
  let file = try table("projects.csv").read(
    ["projects.csv": Array(projects.utf8), "project_plans.csv": Array(plans.utf8)], limits: .standard)
  let violation = RuleViolation(rule: "R", message: "m", englishMessage: "m")
  let places = [
    "records[1].region": "projects.csv:4 所属区划", "projects[0].total_investment_fen": "projects.csv:2 总投资(亿元)",
    "records[0].plans[0].plan_fen": "projects.csv:2 2023年计划(亿元)",
    "records[1].plans[0].plan_fen": "project_plans.csv:2 年度计划(万元)", "records[1].leader": "projects.csv:4 包联领导",
    "records[1]": "projects.csv:4 ", "records[2].region": "projects.csv:0 records[2].region",
    "request_id": "projects.csv:0 request_id", "]x[": "projects.csv:0 ]x[",
  ]
  for (field, place) in places {
    let problem = file.problem(field: field, violation: violation)
    #expect("\(problem.file):\(problem.line) \(problem.column)" == place)
  }
}

@Test func problemsAreBoundedButCounted() throws {
  var limits = ImportLimits.standard
  limits.problemsMax = 3
  limits.rowsMax = 10
  let file = try read(
    "regions.csv", "区划代码,名称,类型\n" + String(repeating: "4109,,县\n", count: 10), limits: limits)
  #expect(file.problems.kept.count == 3)
  #expect(file.problems.count == 20)
  let tooMany = try read("regions.csv", "区划代码,名称,类型\n" + String(repeating: "4109,,县\n", count: 11), limits: limits)
  #expect(tooMany.problems.count == 21)
  limits.fileBytesMax = 30
  #expect(try read("regions.csv", "区划代码,名称,类型\n410928,a,县\n", limits: limits).found == ["regions.csv:0  FILE_BYTES"])
}

@Test func filesThatAreNoCommaSeparatedTextSaySo() throws {
  for separator in ["\t", ";", "；", "，"] {
    let heads = ["区划代码", "名称", "类型"].joined(separator: separator)
    #expect(try read("regions.csv", heads + "\n").found == ["regions.csv:1  FILE_SEPARATOR"])
  }
  let workbook = try table("regions.csv").read(["regions.csv": [0x50, 0x4B, 3, 4, 0, 0, 0xFF]], limits: .standard)
  #expect(workbook.problems.kept.map(\.violation.rule) == ["FILE_WORKBOOK"])
}

@Test func filesReferOnlyToFilesThatAreSentBefore() {
  var before: Set<String> = []
  for table in ImportTable.all {
    #expect(before.isSuperset(of: table.refersTo), "\(table.file)")
    before.insert(table.stem)
  }
  let schemas = ImportTable.all.filter { !$0.refersTo.isEmpty }.map(\.recordType)
  #expect(
    schemas == [
      "Enterprise", "Project", "ProjectProgress", "BatchEntry", "Target", "Observation", "Ticket", "Officer",
      "Programme", "Assignment", "Activity", "Pass", "PassTrip",
    ])
}
