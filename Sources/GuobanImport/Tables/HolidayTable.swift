internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.Holiday> {
  static let holidays = RecordTable(
    stem: "holidays", title: "节假日",
    columns: [
      .date("date", \.date, "日期").required,
      .text("name", \.name, "节日", "名称"),
      .choice("kind", \.kind, ["放假": .dayOff, "调休上班": .workday, "上班": .workday], "安排", "类型").required,
      .year("year", \.year, "通知年份").noted("放假通知的年份；空着就是日期的年份"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.Holiday() },
    key: \.date)
}
