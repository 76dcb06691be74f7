internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Officer> {
  static let officers = RecordTable(
    stem: "officers", title: "干部",
    columns: [
      .text("id", \.id, "干部编号", "编号").required,
      .text("name", \.name, "姓名").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .text("unit", \.unit, "单位"),
      .text("title", \.title, "职务"),
      .choice(
        "level", \.level, ["乡科级": .township, "县处级": .county, "市厅级": .city, "省部级": .province], "级别"),
      .text("contact.name", \.contact.parts.name, "联系人"),
      .text("contact.phone", \.contact.parts.phone, "联系电话"),
      .text("contact.id_number", \.contact.parts.idNumber, "联系人证件号"),
      .date("left", \.left, "离任日期"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Officer() },
    key: \.id)
}

extension RecordTable<Ledger.Assignment> {
  static let assignments = RecordTable(
    stem: "assignments", title: "帮扶分工",
    columns: [
      .text("id", \.id, "分工编号", "编号").required,
      .text("officer", \.officer, "干部编号").required,
      .choice(
        "role", \.role,
        [
          "服务管家": .serviceSteward, "首席服务员": .chiefService, "驻企联络员": .residentLiaison, "联企业帮扶员": .enterpriseHelper,
          "健康监督员": .healthSupervisor, "安全监督员": .safetySupervisor, "包联领导": .leader, "专班": .taskforce, "督查小组": .inspector,
        ], "角色"
      ).required,
      .code("region", \.region, RegionIdentifier.self, "区划", "区划代码"),
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("project", \.project, "项目代码"),
      .text("grid", \.grid, "网格"),
      .text("tier", \.tier, "层级"),
      .date("since", \.since, "开始日期").required,
      .date("until", \.until, "结束日期"),
      .text("end_reason", \.endReason, "结束原因"),
      .text("previous", \.previous, "接替").noted("由系统填写"),
      .text("task", \.task, "任务"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Assignment() },
    key: \.id)
}

extension RecordTable<Ledger.Activity> {
  static let activities = RecordTable(
    stem: "activities", title: "活动",
    columns: [
      .text("id", \.id, "活动编号", "编号").required,
      .choice(
        "kind", \.kind,
        [
          "会议": .meeting, "走访": .visit, "对接会": .matchmaking, "政策宣讲": .policyTalk, "观摩督查": .inspection,
          "招聘": .recruitment,
          "观摩": .inspection, "督查": .inspection, "调度会": .meeting,
        ], "类型"
      ).required,
      .text("topic", \.topic, "主题"),
      .text("title", \.title, "名称", "活动名称").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .date("date", \.date, "日期").required,
      .text("organiser", \.organiser, "主办单位"),
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("project", \.project, "项目代码"),
      .text("officer", \.officer, "干部编号"),
      .text("programme", \.programme, "所属行动"),
      .integer("participants", \.participants, "参加人数"),
      .integer("enterprise_count", \.enterpriseCount, "企业家次"),
      .integer("problems_raised", \.problemsRaised, "提出问题数"),
      .integer("problems_solved", \.problemsSolved, "解决问题数"),
      .money("amount_agreed_fen", \.amountAgreedFen, "达成金额"),
      .integer("jobs_agreed", \.jobsAgreed, "达成就业意向人数"),
      .integer("handouts", \.handouts, "发放资料册数"),
      .text("note", \.note, "备注"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Activity() },
    key: \.id)
}

extension RecordTable<Ledger.Programme> {
  static let programmes = RecordTable(
    stem: "programmes", title: "专项行动",
    columns: [
      .text("id", \.id, "行动编号", "编号").required,
      .text("name", \.name, "名称", "行动名称").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .date("first_day", \.firstDay, "开始日期").required,
      .date("last_day", \.lastDay, "结束日期").required,
      .json("goals", \.goals, heads: "目标", note: #"[{"text": "完成投资", "indicator": "GDP", "valueE6": "6100000"}]，可空着"#),
      .json("cadences", \.cadences, heads: "工作节奏", note: #"[{"activity": "调度", "kind": "WEEKLY", "weekday": 2}]，可空着"#),
      .text("parent", \.parent, "上级行动"),
      .text("document", \.document, "文号"),
      .text("description", \.description, "说明"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Programme() },
    key: \.id)
}

extension RecordTable<Ledger.Register> {
  static let registers = RecordTable(
    stem: "registers", title: "台账定义",
    columns: [
      .text("id", \.id, "台账编号", "编号").required,
      .text("title", \.title, "名称").required,
      .text("title_english", \.titleEnglish, "英文名称"),
      .text("description", \.description, "说明"),
      .choice("region", \.region, ["按区划": .required, "不分区划": .none], "区划"),
      .text("key_template", \.keyTemplate, "编号规则"),
      .json("fields", \.fields, heads: "字段", note: "每个字段一项，见 guobanctl describe RegisterField").required,
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Register() },
    key: \.id)
}
