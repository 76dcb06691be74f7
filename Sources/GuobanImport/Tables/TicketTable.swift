public import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Ticket> {
  static let tickets = RecordTable(
    stem: "tickets", title: "问题",
    columns: [
      .text("number", \.number, "问题编号", "编号").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .text("title", \.title, "问题", "问题标题", "标题").required,
      .text("description", \.description, "问题描述", "具体情况"),
      .choice("category", \.category, TicketWords.categories, "类别", "问题类别").required,
      .choice("channel", \.channel, TicketWords.channels, "来源", "反映渠道").required,
      .choice("severity", \.severity, TicketWords.severities, "程度", "严重程度").required,
      .code("enterprise", \.enterprise, USCC.self, "企业信用代码", "统一社会信用代码"),
      .text("project", \.project, "项目代码"),
      .text("contact.name", \.contact.parts.name, "联系人"),
      .text("contact.phone", \.contact.parts.phone, "联系电话"),
      .text("contact.id_number", \.contact.parts.idNumber, "联系人证件号"),
      .choice(
        "state", \.state,
        ["登记": .registered, "交办": .assigned, "办理中": .handling, "待销号": .pendingClosure, "销号": .closed], "办理状态", "状态"),
      .choice("level", \.level, TicketWords.levels, "当前层级"),
      .choice("origin_level", \.originLevel, TicketWords.levels, "登记层级"),
      .text("owner", \.owner, "责任人", "谁解决"),
      .text("supervisor", \.supervisor, "督导人", "谁督导"),
      .text("method", \.method, "解决办法", "如何解决"),
      .text("result", \.result, "办理结果", "结果如何"),
      .choice("outcome", \.outcome, TicketWords.outcomes, "结论"),
      .choice("satisfaction", \.satisfaction, TicketWords.satisfactions, "满意度"),
      .date("timetable", \.timetable, "承诺时限", "时间表"),
      .text("exempt_reason", \.exemptReason, "容错原因"),
      .date("registered", \.registered, "登记日期").required,
      .date("escalated", \.escalated, "上报日期"),
      .date("assigned", \.assigned, "交办日期"),
      .date("first_feedback", \.firstFeedback, "首次反馈日期"),
      .date("closure_requested", \.closureRequested, "申请销号日期"),
      .date("closed", \.closed, "销号日期"),
      .json("events", \.events, heads: "办理过程", note: "系统导出的全部过程；手工填表时空着，由上面的日期推出"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Ticket() },
    key: \.number)
}

/// What clerks write for a ticket's choices; of several words for one value the first is written.
public enum TicketWords {
  public static let categories: KeyValuePairs<String, Ledger.TicketCategory> = [
    "环保": .environment, "用地": .land, "用工": .labour, "金融": .finance, "电力": .electricity, "用水": .water,
    "用气": .gas, "原材料": .materials, "物流": .logistics, "手续": .permits, "其他": .other,
  ]
  public static let channels: KeyValuePairs<String, Ledger.TicketChannel> = [
    "APP": .app, "110": .hotline, "走访": .visit, "会议": .meeting,
  ]
  public static let severities: KeyValuePairs<String, Ledger.TicketSeverity> = ["一般": .ordinary, "重大": .major]
  public static let levels: KeyValuePairs<String, Ledger.TicketLevel> = [
    "县级": .county, "县级领导": .county, "县": .county, "总调度会": .dispatch, "县总调度会": .dispatch, "市级": .city, "市": .city,
    "省级": .province, "省": .province,
  ]
  public static let outcomes: KeyValuePairs<String, Ledger.TicketOutcome> = [
    "已解决": .solved, "不能解决，已解释": .explained, "已解释": .explained,
  ]
  public static let satisfactions: KeyValuePairs<String, Ledger.TicketSatisfaction> = [
    "满意": .satisfied, "不满意": .dissatisfied,
  ]
}
