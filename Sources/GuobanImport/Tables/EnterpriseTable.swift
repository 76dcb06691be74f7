internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Enterprise> {
  static let enterprises = RecordTable(
    stem: "enterprises", title: "企业",
    columns: [
      .code("uscc", \.uscc, USCC.self, "统一社会信用代码", "信用代码").required,
      .text("name", \.name, "企业名称", "名称").required,
      .code("region", \.region, RegionIdentifier.self, "所属区划", "区划代码", "区划").required,
      .code("industry", \.industry, IndustryCode.self, "行业代码", "行业"),
      .choice("scale", \.scale, ["规上": .above, "规下": .below, "规模以上": .above, "规模以下": .below], "规模"),
      .choice(
        "status", \.status, ["正常": .normal, "停产": .suspended, "复工": .resumed, "僵尸": .zombie, "僵尸企业": .zombie], "状态",
        "企业状态"),
      .integer("headcount", \.headcount, "职工人数", "员工人数"),
      .integer("on_duty", \.onDuty, "在岗人数", "返岗人数"),
      .list("qualifications", \.qualifications, "资质", "荣誉资质"),
      .list("white_lists", \.whiteLists, "白名单"),
      .text("contact.name", \.contact.parts.name, "联系人"),
      .text("contact.phone", \.contact.parts.phone, "联系电话"),
      .text("contact.id_number", \.contact.parts.idNumber, "联系人证件号"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Enterprise() },
    key: \.uscc)
}
