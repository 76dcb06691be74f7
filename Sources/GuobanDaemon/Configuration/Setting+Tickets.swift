extension Setting {
  /// How long tickets may take, and which days count.
  static let tickets: [Setting] = [
    .choice(
      "tickets.days", \.tickets.days, ["calendar", "working"],
      "问题办理时限按自然日（calendar）还是工作日（working）算；工作日要先导入节假日",
      "days that count: every day, or working days by the imported holidays"),
    .integer("tickets.assignDays", \.tickets.assignDays, 1...366, "几天内研究交办", "days to study and assign a ticket"),
    .integer(
      "tickets.firstFeedbackDays", \.tickets.firstFeedbackDays, 1...366, "几天内首次反馈", "days to the first feedback"),
    .integer("tickets.ordinaryDays", \.tickets.ordinaryDays, 1...366, "一般问题几天内解决", "days to solve an ordinary problem"),
    .integer(
      "tickets.majorMonths", \.tickets.majorMonths, 1...60, "重大问题几个月内解决（另定时间表的按时间表）",
      "months to solve a major problem that has no timetable"),
    .integer(
      "tickets.returnDays", \.tickets.returnDays, 0...366, "交办后几天内可以退回",
      "days in which an assigned ticket may be given back"),
  ]
}
