internal import Foundation
internal import GuobanImport
internal import GuobanMessages
internal import GuobanModel

/// Words of tickets, for a person.
enum TicketText {
  static func state(_ state: Ledger.TicketState) -> String {
    say(TicketState(rawValue: state.name)?.chinese ?? state.name, state.shortName)
  }

  static func level(_ level: Ledger.TicketLevel) -> String {
    say(TicketLevel(rawValue: level.name)?.chinese ?? level.name, level.shortName)
  }

  static func action(_ action: Ledger.TicketAction) -> String {
    let known = TicketAction(rawValue: action.name)
    return say(known?.chinese ?? action.name, known?.english ?? action.name)
  }

  static func step(_ step: Ledger.TicketStep) -> String {
    switch step {
    case .assign: say("待交办", "to be assigned")
    case .firstFeedback: say("待首次反馈", "first feedback")
    case .solve: say("待解决", "to be solved")
    case .close: say("待销号", "to be closed")
    default: step.name
    }
  }

  /// The word of a choice; its own name in English, or when there is no word.
  static func word<Value: OpenEnum>(_ value: Value, _ words: KeyValuePairs<String, Value>) -> String {
    if value.rawValue == 0 { return "" }
    return say(words.first { $0.value == value }?.key ?? value.name, value.shortName)
  }

  /// A ticket in a few lines.
  static func lines(_ ticket: Ledger.Ticket) -> [String] {
    var rows = [
      [say("问题", "ticket"), ticket.number], [say("标题", "title"), ticket.title],
      [say("状态", "state"), "\(state(ticket.state))  \(level(ticket.level))"],
      [say("区划", "region"), ticket.region],
      [
        say("类别", "category"),
        [
          word(ticket.category, TicketWords.categories), word(ticket.channel, TicketWords.channels),
          word(ticket.severity, TicketWords.severities),
        ]
        .filter { !$0.isEmpty }.joined(separator: " "),
      ],
    ]
    for (chinese, english, text) in [
      ("企业", "enterprise", ticket.enterprise), ("项目", "project", ticket.project),
      ("联系人", "contact", contact(ticket.contact)), ("责任单位", "owner", ticket.owner),
      ("督导", "supervisor", ticket.supervisor), ("时间表", "timetable", ticket.timetable),
      ("办法", "method", ticket.method), ("结果", "result", ticket.result),
      ("是否解决", "outcome", word(ticket.outcome, TicketWords.outcomes)),
      ("满意度", "satisfaction", word(ticket.satisfaction, TicketWords.satisfactions)),
      ("容错", "exempt", ticket.exemptReason),
      ("登记", "registered", ticket.registered), ("交办", "assigned", ticket.assigned),
      ("销号", "closed", ticket.closed),
    ] where !text.isEmpty {
      rows.append([say(chinese, english), text])
    }
    return alignedColumns(rows).split(separator: "\n").map(String.init)
  }

  /// Whom to call, masked as the daemon gives it.
  private static func contact(_ contact: Ledger.Contact?) -> String {
    guard let contact else { return "" }
    if contact.eraseTime != nil { return say("已到期删除", "erased") }
    return [contact.name, contact.phone, contact.idNumber].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What became of it, step by step.
  static func history(_ ticket: Ledger.Ticket) -> String {
    let head = [
      say("日期", "DATE"), say("步骤", "STEP"), say("状态", "STATE"), say("层级", "LEVEL"), say("经办", "BY"), say("内容", "WHAT"),
    ]
    return alignedColumns(
      [head]
        + ticket.events.map { event in
          [
            event.date, action(event.action), state(event.state), level(event.level), event.actor,
            [
              event.owner, event.supervisor, event.note, event.method, event.result,
              word(event.outcome, TicketWords.outcomes),
              word(event.satisfaction, TicketWords.satisfactions), event.timetable,
            ].filter { !$0.isEmpty }.joined(separator: say("；", "; ")),
          ]
        })
  }
}

extension OpenEnum {
  /// `pending-closure`
  fileprivate var shortName: String { String(name.lowercased().map { $0 == "_" ? "-" : $0 }) }
}

/// `148/151 98.01%`, with Wilson's interval where the denominator is small; a dash of nothing.
func rateText(_ rate: Ledger.Rate?) -> String {
  guard let rate, rate.denominator > 0, let share = try? Fraction(rate.numerator, over: rate.denominator) else {
    return "-"
  }
  let text = "\(rate.numerator)/\(rate.denominator) \(share.percentText(DecimalStyle(decimals: 2)))%"
  guard let interval = try? WilsonInterval(successes: rate.numerator, total: rate.denominator), interval.isSmall else {
    return text
  }
  return text + String(format: " (%.1f…%.1f)", interval.low, interval.high)
}
